/** Loaded on every page of Home Assistant: tells the names of the cards and of the dashboard, and loads the rest when needed. */
export {};
