1
//# sourceMappingURL=a.js.map
