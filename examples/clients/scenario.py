"""Drives an ECS endpoint with boto3. clients_test.go starts it."""

import json
import os
import time
from datetime import datetime, timezone

import boto3
from botocore.exceptions import ClientError


def client(service):
    return boto3.client(
        service,
        endpoint_url=os.environ["ENDPOINT"],
        region_name="us-east-1",
        aws_access_key_id="000000000000",
        aws_secret_access_key="any",
    )


ecs, secrets, ssm, logs = (client(s) for s in ("ecs", "secretsmanager", "ssm", "logs"))
image = os.environ["IMAGE"]


def code_of(call, **kwargs):
    """Returns the name of the error that a call ends with."""
    try:
        call(**kwargs)
    except ClientError as e:
        return e.response["Error"]["Code"]
    raise AssertionError(f"{call.__name__} should have failed")


def late(moment):
    return (datetime.now(timezone.utc) - moment).total_seconds()


def wait(name, task):
    """Waits with botocore's waiter and returns how late it ended, in seconds."""
    ecs.get_waiter(name).wait(cluster="boto", tasks=[task])
    found = ecs.describe_tasks(cluster="boto", tasks=[task])["tasks"][0]
    return found, late(found["startedAt" if name == "tasks_running" else "stoppedAt"])


def register(command, **container):
    return ecs.register_task_definition(
        family="boto",
        executionRoleArn="arn:aws:iam::000000000000:role/execution",
        containerDefinitions=[{"name": "app", "image": image, "command": [command], "memory": 64, **container}],
        tags=[{"key": "team", "value": "blue"}],
    )["taskDefinition"]["taskDefinitionArn"]


assert ecs.create_cluster(clusterName="boto")["cluster"]["status"] == "ACTIVE"

# A job with a secret and a parameter, whose lines are in CloudWatch Logs.
arn = secrets.create_secret(Name="boto-db", SecretString=json.dumps({"password": "hunter2"}))["ARN"]
assert json.loads(secrets.get_secret_value(SecretId="boto-db")["SecretString"])["password"] == "hunter2"
ssm.put_parameter(Name="/boto/name", Value="Ann", Type="SecureString")
assert ssm.get_parameter(Name="/boto/name", WithDecryption=True)["Parameter"]["Value"] == "Ann"
logs.create_log_group(logGroupName="/boto")
job = register(
    "job",
    environment=[{"name": "EXIT", "value": "3"}],
    secrets=[{"name": "DB_PASSWORD", "valueFrom": arn + ":password::"}, {"name": "NAME", "valueFrom": "/boto/name"}],
    logConfiguration={
        "logDriver": "awslogs",
        "options": {"awslogs-group": "/boto", "awslogs-region": "us-east-1", "awslogs-stream-prefix": "job"},
    },
)
task = ecs.run_task(cluster="boto", taskDefinition=job)["tasks"][0]["taskArn"]
found, seconds = wait("tasks_stopped", task)
print(f"tasks_stopped ended {seconds:.2f} s after the task")
assert seconds < 4, "botocore's own delay is 6 seconds"
assert found["stopCode"] == "EssentialContainerExited", found
assert found["containers"][0]["exitCode"] == 3, found
stream = "job/app/" + task.split("/")[-1]
events = logs.get_log_events(logGroupName="/boto", logStreamName=stream, startFromHead=True)["events"]
assert sorted(e["message"] for e in events) == ["giving up with 3", "hello Ann", "password of 7 letters"], events

# A service of sorts, that runs until it is stopped.
task = ecs.run_task(cluster="boto", taskDefinition=register("serve"), startedBy="me")["tasks"][0]["taskArn"]
found, seconds = wait("tasks_running", task)
print(f"tasks_running ended {seconds:.2f} s after the task ran")
assert seconds < 4, "botocore's own delay is 6 seconds"
assert ecs.list_tasks(cluster="boto", startedBy="me")["taskArns"] == [task]
ecs.tag_resource(resourceArn=task, tags=[{"key": "who", "value": "boto"}])
assert ecs.list_tags_for_resource(resourceArn=task)["tags"] == [{"key": "who", "value": "boto"}]
began = time.monotonic()
assert ecs.stop_task(cluster="boto", task=task, reason="enough")["task"]["desiredStatus"] == "STOPPED"
found, seconds = wait("tasks_stopped", task)
print(f"stop took {time.monotonic() - began:.2f} s, tasks_stopped ended {seconds:.2f} s after the task")
assert seconds < 4, "botocore's own delay is 6 seconds"
assert (found["stopCode"], found["stoppedReason"]) == ("UserInitiated", "enough"), found
assert found["containers"][0]["exitCode"] == 0, found

# Errors have the names of botocore's exceptions.
for call, kwargs, name in [
    (ecs.list_tasks, {"cluster": "none"}, "ClusterNotFoundException"),
    (ecs.run_task, {"taskDefinition": "none"}, "ClientException"),
    (ecs.stop_task, {"task": "0" * 32}, "InvalidParameterException"),
    (secrets.get_secret_value, {"SecretId": "none"}, "ResourceNotFoundException"),
    (secrets.create_secret, {"Name": "boto-db", "SecretString": "x"}, "ResourceExistsException"),
    (ssm.get_parameter, {"Name": "none"}, "ParameterNotFound"),
    (logs.create_log_group, {"logGroupName": "/boto"}, "ResourceAlreadyExistsException"),
]:
    assert code_of(call, **kwargs) == name, (name, code_of(call, **kwargs))
try:
    ecs.list_tasks(cluster="none")
except ecs.exceptions.ClusterNotFoundException as e:
    assert "Cluster not found." in str(e)

assert ecs.deregister_task_definition(taskDefinition=job)["taskDefinition"]["status"] == "INACTIVE"
assert ecs.delete_cluster(cluster="boto")["cluster"]["status"] == "INACTIVE"
