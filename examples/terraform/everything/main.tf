# What the provider has of ECS and of the services beside it, each resource
# and data source with most of its arguments.

terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.73"
    }
  }
}

variable "endpoint" {
  type    = string
  default = "http://127.0.0.1:4566"
}

# release changes what can change in place.
variable "release" {
  type    = number
  default = 1
}

provider "aws" {
  region     = "us-east-1"
  access_key = "000000000000"
  secret_key = "any"

  skip_credentials_validation = true
  skip_metadata_api_check     = true

  default_tags {
    tags = { owner = "platform" }
  }

  endpoints {
    ecs            = var.endpoint
    logs           = var.endpoint
    secretsmanager = var.endpoint
    ssm            = var.endpoint
    sts            = var.endpoint
  }
}

data "aws_caller_identity" "current" {}

locals {
  first = var.release == 1
  iam   = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:role"
}

# Settings

resource "aws_ecs_account_setting_default" "insights" {
  name  = "containerInsights"
  value = local.first ? "enabled" : "enhanced"
}

resource "aws_ecs_account_setting_default" "arns" {
  name  = "taskLongArnFormat"
  value = "enabled"
}

# Clusters and capacity

resource "aws_ecs_cluster" "main" {
  name = "main"

  setting {
    name  = "containerInsights"
    value = local.first ? "enabled" : "disabled"
  }

  configuration {
    execute_command_configuration {
      logging = "OVERRIDE"

      log_configuration {
        cloud_watch_log_group_name = aws_cloudwatch_log_group.exec.name
      }
    }
  }

  tags = { release = var.release }
}

resource "aws_ecs_cluster" "plain" {
  name = "plain"

  lifecycle {
    ignore_changes = [tags, tags_all] # aws_ecs_tag has one
  }
}

resource "aws_ecs_capacity_provider" "workers" {
  name = "workers"

  auto_scaling_group_provider {
    auto_scaling_group_arn         = "arn:aws:autoscaling:us-east-1:000000000000:autoScalingGroup:00000000-0000-0000-0000-000000000000:autoScalingGroupName/workers"
    managed_termination_protection = "DISABLED"

    managed_scaling {
      status          = "ENABLED"
      target_capacity = local.first ? 10 : 20
    }
  }
}

resource "aws_ecs_cluster_capacity_providers" "main" {
  cluster_name       = aws_ecs_cluster.main.name
  capacity_providers = ["FARGATE", "FARGATE_SPOT", aws_ecs_capacity_provider.workers.name]

  default_capacity_provider_strategy {
    capacity_provider = "FARGATE"
    base              = 1
    weight            = local.first ? 1 : 2
  }
}

resource "aws_ecs_tag" "cluster" {
  resource_arn = aws_ecs_cluster.plain.arn
  key          = "team"
  value        = local.first ? "blue" : "green"
}

# What tasks need

resource "aws_cloudwatch_log_group" "exec" {
  name = "/exec"
}

resource "aws_cloudwatch_log_group" "app" {
  name              = "/app"
  retention_in_days = local.first ? 3 : 7
  tags              = { release = var.release }
}

resource "aws_cloudwatch_log_stream" "extra" {
  name           = "extra"
  log_group_name = aws_cloudwatch_log_group.app.name
}

resource "aws_secretsmanager_secret" "db" {
  name                    = "db"
  description             = "release ${var.release}"
  recovery_window_in_days = 0
  tags                    = { release = var.release }
}

resource "aws_secretsmanager_secret_policy" "db" {
  secret_arn          = aws_secretsmanager_secret.db.arn
  block_public_policy = true

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "release${var.release}"
      Effect    = "Allow"
      Principal = { AWS = "arn:aws:iam::000000000000:root" }
      Action    = "secretsmanager:GetSecretValue"
      Resource  = "*"
    }]
  })
}

resource "aws_secretsmanager_secret" "kept" {
  name_prefix             = "kept-"
  recovery_window_in_days = 7
}

resource "aws_secretsmanager_secret_version" "db" {
  secret_id     = aws_secretsmanager_secret.db.id
  secret_string = jsonencode({ user = "app", password = "p${var.release}" })
}

resource "aws_secretsmanager_secret_version" "staged" {
  secret_id      = aws_secretsmanager_secret.kept.id
  secret_binary  = base64encode("binary")
  version_stages = local.first ? ["AWSCURRENT", "ONE"] : ["AWSCURRENT", "TWO"]
}

resource "aws_ssm_parameter" "level" {
  name        = "/app/level"
  description = "How much is told"
  type        = "String"
  value       = local.first ? "info" : "debug"
  tags        = { release = var.release }
}

resource "aws_ssm_parameter" "token" {
  name  = "/app/token"
  type  = "SecureString"
  value = "t0k3n-${var.release}"
}

resource "aws_ssm_parameter" "list" {
  name            = "/app/list"
  type            = "StringList"
  insecure_value  = "a,b"
  allowed_pattern = "[a-z,]+"
}

# Task definitions

resource "aws_ecs_task_definition" "bridge" {
  family = "bridge"

  container_definitions = jsonencode([
    {
      name         = "app"
      image        = "app:${var.release}"
      memory       = 64
      essential    = true
      command      = ["serve"]
      environment  = [{ name = "Z", value = "26" }, { name = "A", value = "1" }]
      portMappings = [{ containerPort = 8080, hostPort = 0, protocol = "tcp" }]
      dependsOn    = [{ containerName = "init", condition = "SUCCESS" }]
      secrets = [
        { name = "PASSWORD", valueFrom = "${aws_secretsmanager_secret.db.arn}:password::" },
        { name = "LEVEL", valueFrom = aws_ssm_parameter.level.arn },
      ]
      healthCheck = { command = ["CMD-SHELL", "true"] }
      logConfiguration = {
        logDriver = "awslogs"
        options = {
          awslogs-group         = aws_cloudwatch_log_group.app.name
          awslogs-region        = "us-east-1"
          awslogs-stream-prefix = "app"
        }
      }
      mountPoints = [{ sourceVolume = "scratch", containerPath = "/scratch" }]
      ulimits     = [{ name = "nofile", softLimit = 1024, hardLimit = 2048 }]
    },
    { name = "init", image = "init:1", memory = 32, essential = false },
  ])

  execution_role_arn = "${local.iam}/execution"
  task_role_arn      = "${local.iam}/task"

  volume {
    name = "scratch"
  }

  volume {
    name = "shared"

    docker_volume_configuration {
      scope         = "shared"
      autoprovision = true
      driver        = "local"
      labels        = { a = "b" }
    }
  }

  placement_constraints {
    type       = "memberOf"
    expression = "attribute:ecs.os-type == linux"
  }

  tags = { release = var.release }
}

resource "aws_ecs_task_definition" "fargate" {
  family                   = "fargate"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = 256
  memory                   = 512
  execution_role_arn       = "${local.iam}/execution"
  track_latest             = true
  skip_destroy             = true

  container_definitions = jsonencode([{
    name         = "web"
    image        = "web:${var.release}"
    portMappings = [{ containerPort = 80, name = "http", appProtocol = "http" }]
  }])

  runtime_platform {
    operating_system_family = "LINUX"
    cpu_architecture        = "X86_64"
  }

  ephemeral_storage {
    size_in_gib = 30
  }

  volume {
    name = "files"

    efs_volume_configuration {
      file_system_id     = "fs-12345678"
      root_directory     = "/"
      transit_encryption = "ENABLED"

      authorization_config {
        access_point_id = "fsap-12345678"
        iam             = "ENABLED"
      }
    }
  }
}

# Services

resource "aws_ecs_service" "bridge" {
  name                               = "bridge"
  cluster                            = aws_ecs_cluster.plain.arn
  task_definition                    = aws_ecs_task_definition.bridge.arn
  desired_count                      = local.first ? 1 : 2
  deployment_minimum_healthy_percent = 50
  deployment_maximum_percent         = local.first ? 200 : 150
  enable_ecs_managed_tags            = true
  propagate_tags                     = "SERVICE"
  wait_for_steady_state              = true
  force_new_deployment               = true
  triggers                           = { release = var.release }
  health_check_grace_period_seconds  = 5

  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }

  load_balancer {
    target_group_arn = "arn:aws:elasticloadbalancing:us-east-1:000000000000:targetgroup/bridge/0123456789abcdef"
    container_name   = "app"
    container_port   = 8080
  }

  ordered_placement_strategy {
    type  = "spread"
    field = "attribute:ecs.availability-zone"
  }

  ordered_placement_strategy {
    type  = "binpack"
    field = "memory"
  }

  placement_constraints {
    type = "distinctInstance"
  }

  tags = { release = var.release }
}

resource "aws_ecs_service" "fargate" {
  name                          = "fargate"
  cluster                       = aws_ecs_cluster.main.id
  task_definition               = "fargate:${aws_ecs_task_definition.fargate.revision}"
  desired_count                 = 1
  launch_type                   = "FARGATE"
  platform_version              = "1.4.0"
  availability_zone_rebalancing = local.first ? "DISABLED" : "ENABLED"
  wait_for_steady_state         = true

  network_configuration {
    subnets          = local.first ? ["subnet-a"] : ["subnet-a", "subnet-b"]
    security_groups  = ["sg-1"]
    assign_public_ip = true
  }

  alarms {
    enable      = true
    rollback    = true
    alarm_names = ["errors"]
  }
}

resource "aws_ecs_service" "spot" {
  name            = "spot"
  cluster         = aws_ecs_cluster_capacity_providers.main.cluster_name
  task_definition = aws_ecs_task_definition.fargate.arn
  desired_count   = 1

  capacity_provider_strategy {
    capacity_provider = "FARGATE_SPOT"
    weight            = 1
  }

  network_configuration {
    subnets = ["subnet-a"]
  }
}

resource "aws_ecs_service" "daemon" {
  name                = "daemon"
  cluster             = aws_ecs_cluster.plain.arn
  task_definition     = aws_ecs_task_definition.bridge.arn
  scheduling_strategy = "DAEMON"
}

resource "aws_ecs_service" "external" {
  name          = "external"
  cluster       = aws_ecs_cluster.plain.arn
  desired_count = 2

  deployment_controller {
    type = "EXTERNAL"
  }
}

resource "aws_ecs_task_set" "external" {
  service                   = aws_ecs_service.external.id
  cluster                   = aws_ecs_cluster.plain.arn
  task_definition           = aws_ecs_task_definition.bridge.arn
  external_id               = "blue"
  force_delete              = true
  wait_until_stable         = true
  wait_until_stable_timeout = "2m"

  scale {
    unit  = "PERCENT"
    value = local.first ? 50 : 100
  }
}

# What is read

data "aws_ecs_cluster" "main" {
  cluster_name = aws_ecs_cluster.main.name
}

data "aws_ecs_clusters" "all" {
  depends_on = [aws_ecs_cluster.main, aws_ecs_cluster.plain]
}

data "aws_ecs_service" "bridge" {
  service_name = aws_ecs_service.bridge.name
  cluster_arn  = aws_ecs_cluster.plain.arn
}

data "aws_ecs_task_definition" "bridge" {
  task_definition = aws_ecs_task_definition.bridge.family
}

data "aws_ecs_container_definition" "app" {
  task_definition = aws_ecs_task_definition.bridge.id
  container_name  = "app"
}

data "aws_ecs_task_execution" "migrate" {
  cluster         = aws_ecs_cluster.plain.name
  task_definition = aws_ecs_task_definition.bridge.arn
  desired_count   = 1
  launch_type     = "EC2"
  started_by      = "terraform"
  tags            = { job = "migrate" }

  overrides {
    container_overrides {
      name    = "app"
      command = ["migrate"]

      environment {
        key   = "STAGE"
        value = "test"
      }
    }
  }
}

data "aws_secretsmanager_secret" "db" {
  name       = aws_secretsmanager_secret.db.name
  depends_on = [aws_secretsmanager_secret_policy.db]
}

data "aws_secretsmanager_secret_version" "db" {
  secret_id  = aws_secretsmanager_secret.db.id
  depends_on = [aws_secretsmanager_secret_version.db]
}

data "aws_secretsmanager_secret_versions" "db" {
  secret_id  = aws_secretsmanager_secret.db.id
  depends_on = [aws_secretsmanager_secret_version.db]
}

data "aws_secretsmanager_secrets" "db" {
  filter {
    name   = "name"
    values = [aws_secretsmanager_secret.db.name]
  }
}

data "aws_secretsmanager_random_password" "any" {
  password_length = 20
}

data "aws_ssm_parameter" "token" {
  name = aws_ssm_parameter.token.name
}

data "aws_ssm_parameters_by_path" "app" {
  path       = "/app"
  depends_on = [aws_ssm_parameter.level, aws_ssm_parameter.token, aws_ssm_parameter.list]
}

data "aws_cloudwatch_log_group" "app" {
  name = aws_cloudwatch_log_group.app.name
}

data "aws_cloudwatch_log_groups" "app" {
  log_group_name_prefix = aws_cloudwatch_log_group.app.name
}

output "read" {
  value = {
    account    = data.aws_caller_identity.current.account_id
    cluster    = data.aws_ecs_cluster.main.setting
    clusters   = length(data.aws_ecs_clusters.all.cluster_arns)
    service    = data.aws_ecs_service.bridge.desired_count
    definition = data.aws_ecs_task_definition.bridge.revision
    image      = data.aws_ecs_container_definition.app.image
    stage      = data.aws_ecs_container_definition.app.environment
    tasks      = length(data.aws_ecs_task_execution.migrate.task_arns)
    secret     = nonsensitive(data.aws_secretsmanager_secret_version.db.secret_string)
    versions   = length(data.aws_secretsmanager_secret_versions.db.versions)
    secrets    = data.aws_secretsmanager_secrets.db.names
    policy     = jsondecode(data.aws_secretsmanager_secret.db.policy).Statement[0].Sid
    password   = length(data.aws_secretsmanager_random_password.any.random_password)
    token      = nonsensitive(data.aws_ssm_parameter.token.value)
    parameters = sort(data.aws_ssm_parameters_by_path.app.names)
    retention  = data.aws_cloudwatch_log_group.app.retention_in_days
    groups     = data.aws_cloudwatch_log_groups.app.log_group_names
  }
}
