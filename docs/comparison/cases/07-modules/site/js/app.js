import{leaf as l}from"⟦./leaf.js⟧"
import"⟦./side.js⟧"
export*from'⟦./more.js⟧'
export const state={n:l}
import("⟦./lazy.js⟧").then(m=>m.go())
