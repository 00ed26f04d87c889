/** A model that breaks its own declaration. The message says where, what was expected and what to do. */
export class ModelError extends Error {
  override readonly name = 'ModelError';
}

/** A bound of the search was reached: not a mistake of the model, but nothing beyond it was looked at. */
export class BoundReached extends Error {
  override readonly name = 'BoundReached';
}
