#!/bin/sh
# Runs the task and fails with its exit code. Nothing here knows where the
# endpoint is: that is in the environment.
set -eu
cd "$(dirname "$0")"

aws ecs register-task-definition --cli-input-json file://task.json >/dev/null
task=$(aws ecs run-task --task-definition worker --query 'tasks[0].taskArn' --output text)
aws ecs wait tasks-stopped --tasks "$task"
aws logs filter-log-events --log-group-name /worker --query 'events[].message' --output text
exit "$(aws ecs describe-tasks --tasks "$task" --query 'tasks[0].containers[0].exitCode' --output text)"
