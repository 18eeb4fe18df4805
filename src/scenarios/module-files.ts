/** A small module that computes something and makes nothing: it is installed without any provider, account or network. */
export function moduleFiles(tag: string): Readonly<Record<string, string>> {
  return {
    "README.md": "# Network\n\nPlans the subnets of a network. A demonstration module.\n",
    "main.tf": `terraform {
  required_version = ">= 1.0"
}

locals {
  subnets = [for index in range(var.subnets) : cidrsubnet(var.cidr, 4, index)]
}
`,
    "variables.tf": `variable "cidr" {
  description = "The whole network."
  type        = string
  default     = "10.0.0.0/16"
}

variable "subnets" {
  description = "How many parts it gets, at most 16."
  type        = number
  default     = 3
}
`,
    "outputs.tf": `output "subnets" {
  value = local.subnets
}

output "version" {
  value = "${tag}"
}
`,
  };
}
