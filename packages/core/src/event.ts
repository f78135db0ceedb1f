export interface AgentEvent { readonly type: string }
