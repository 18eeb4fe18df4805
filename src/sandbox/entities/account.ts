export interface Account {
  readonly id: number;
  login: string;
  readonly type: "User" | "Organization" | "Bot";
  readonly createdAt: string;
}
