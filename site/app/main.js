// The entry: the ledger first, so that the route finds its place beneath a
// document of full height and a restored scroll position is not cut short.

import { openLedger } from './ledger.js';
import { startRouter } from './router.js';

openLedger();
await startRouter();
