/** The sockets between front end and kernel, from wherever zeromq is. */
import { createRequire } from 'node:module';
import type * as ZeroMq from 'zeromq';
import { vendored } from './vendored.js';

const zeromq: typeof ZeroMq = createRequire(import.meta.url)(vendored('zeromq', 'lib/index.js') ?? 'zeromq');

export const { Dealer, Publisher, Reply, Router, Subscriber } = zeromq;
export type Dealer = ZeroMq.Dealer;
export type Publisher = ZeroMq.Publisher;
export type Reply = ZeroMq.Reply;
export type Router = ZeroMq.Router;
export type Subscriber = ZeroMq.Subscriber;
