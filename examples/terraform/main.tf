# A cluster, a task definition and a service in an endpoint that runs by
# "ecsfixture serve --address 127.0.0.1:4566".

terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.73"
    }
  }
}

variable "endpoint" {
  type        = string
  default     = "http://127.0.0.1:4566"
  description = "Where ecsfixture serves"
}

variable "image" {
  type        = string
  default     = "web:latest"
  description = "What the containers run; an image that the engine has, or can pull"
}

provider "aws" {
  region     = "us-east-1"
  access_key = "000000000000" # 12 digits name the account
  secret_key = "any"

  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true

  endpoints {
    ecs            = var.endpoint
    logs           = var.endpoint
    secretsmanager = var.endpoint
    ssm            = var.endpoint
    sts            = var.endpoint
  }
}

resource "aws_ecs_cluster" "demo" {
  name = "demo"
}

resource "aws_ecs_task_definition" "web" {
  family = "web"

  container_definitions = jsonencode([{
    name         = "app"
    image        = var.image
    memory       = 64
    portMappings = [{ containerPort = 8080 }]
    environment  = [{ name = "STAGE", value = "test" }]
  }])
}

resource "aws_ecs_service" "web" {
  name                  = "web"
  cluster               = aws_ecs_cluster.demo.arn
  task_definition       = aws_ecs_task_definition.web.arn
  desired_count         = 2
  wait_for_steady_state = true
}
