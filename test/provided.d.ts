import "vitest";

declare module "vitest" {
  interface ProvidedContext {
    modelServerUrl: string;
    receiverServerUrl: string;
  }
}
