import{n}from"⟦./index-DSXtc1GT.js⟧";console.log(n);
