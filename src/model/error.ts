/** A model that breaks its own declaration. The message says where, what was expected and what to do. */
export class ModelError extends Error {
  override readonly name = 'ModelError';
}

/** A bound of the search was reached: not a mistake of the model, but nothing beyond it was looked at. */
export class BoundReached extends Error {
  override readonly name: string = 'BoundReached';
}

/** A holder would be booked below the overdraft that its declaration follows: the accounting property is violated by this very step. */
export class Overdrawn extends BoundReached {
  override readonly name = 'Overdrawn';
  /** `page[0]._refcount<-gup` */
  readonly holding: string;
  constructor(holding: string, message: string) {
    super(message);
    this.holding = holding;
  }
}
