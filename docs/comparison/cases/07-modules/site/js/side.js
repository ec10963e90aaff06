globalThis.side=1
