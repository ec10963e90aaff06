import{v}from"⟦./vendor-B4kW9qTz.js⟧";const m=()=>import("⟦./lazy-D7mRx0Pb.js⟧");export const n=v;m()
