export const greet = () => "Good morning";
