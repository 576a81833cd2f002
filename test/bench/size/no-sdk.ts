// Stands in for the model SDK, to see what the bundle comes to without it.

const nothing = (): void => {};

export { nothing as createOpenAICompatible, nothing as createWorkersAI, nothing as generateText };
