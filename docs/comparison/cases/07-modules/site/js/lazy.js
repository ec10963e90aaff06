import{state as s}from"⟦./app.js⟧"
export const go=()=>s.n++
