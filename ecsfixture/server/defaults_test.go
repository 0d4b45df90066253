package server

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/internal/awsjson"
)

// newTestService returns a service that runs nothing.
func newTestService() *Service { return New(Config{Account: "000000000000", Region: "us-east-1"}) }

// described registers body and returns what DescribeTaskDefinition answers,
// with a fixed time.
func described(t *testing.T, body string) string {
	t.Helper()
	s := newTestService()
	var in registration
	require.NoError(t, awsjson.Unmarshal([]byte(body), &in))
	reg, err := s.RegisterTaskDefinition(t.Context(), &in)
	require.NoError(t, err)
	out, err := s.DescribeTaskDefinition(t.Context(), &ecs.DescribeTaskDefinitionInput{
		TaskDefinition: reg.TaskDefinition.TaskDefinitionArn,
	})
	require.NoError(t, err)
	assert.Equal(t, reg.TaskDefinition, out.TaskDefinition)
	assert.WithinDuration(t, time.Now(), *out.TaskDefinition.RegisteredAt, time.Minute)
	out.TaskDefinition.RegisteredAt = aws.Time(time.Unix(1700000000, 0))
	return string(awsjson.Marshal(out))
}

func TestWhatAWSFillsOnEC2(t *testing.T) {
	assert.JSONEq(t, `{"taskDefinition": {
		"taskDefinitionArn": "arn:aws:ecs:us-east-1:000000000000:task-definition/web:1",
		"family": "web", "revision": 1, "status": "ACTIVE",
		"registeredAt": 1700000000.000, "registeredBy": "arn:aws:iam::000000000000:root",
		"compatibilities": ["EXTERNAL", "EC2"],
		"requiresAttributes": [
			{"name": "ecs.capability.docker-plugin.local"},
			{"name": "com.amazonaws.ecs.capability.docker-remote-api.1.18"},
			{"name": "com.amazonaws.ecs.capability.docker-remote-api.1.24"},
			{"name": "ecs.capability.container-health-check"}
		],
		"placementConstraints": [],
		"volumes": [{"name": "a"}, {"name": "b", "dockerVolumeConfiguration": {"scope": "task"}}],
		"containerDefinitions": [{
			"name": "app", "image": "app:1", "cpu": 0, "memory": 128, "essential": true,
			"portMappings": [{"containerPort": 80, "hostPort": 0, "protocol": "tcp"}],
			"healthCheck": {"command": ["CMD", "true"], "interval": 30, "timeout": 5, "retries": 3},
			"environment": [], "volumesFrom": [], "systemControls": [],
			"mountPoints": [{"sourceVolume": "a", "containerPath": "/a"}]
		}]
	}}`, described(t, `{"family": "web", "volumes": [{"name": "a"}, {"name": "b", "dockerVolumeConfiguration": {}}],
		"containerDefinitions": [{
			"name": "app", "image": "app:1", "memory": 128,
			"portMappings": [{"containerPort": 80}],
			"healthCheck": {"command": ["CMD", "true"]},
			"mountPoints": [{"sourceVolume": "a", "containerPath": "/a"}]
		}]}`))
}

func TestWhatAWSFillsOnFargate(t *testing.T) {
	assert.JSONEq(t, `{"taskDefinition": {
		"taskDefinitionArn": "arn:aws:ecs:us-east-1:000000000000:task-definition/web:1",
		"family": "web", "revision": 1, "status": "ACTIVE",
		"registeredAt": 1700000000.000, "registeredBy": "arn:aws:iam::000000000000:root",
		"compatibilities": ["EC2", "MANAGED_INSTANCES", "FARGATE"], "requiresCompatibilities": ["FARGATE"],
		"networkMode": "awsvpc", "cpu": "1024", "memory": "2048",
		"executionRoleArn": "arn:aws:iam::000000000000:role/exec", "taskRoleArn": "task",
		"requiresAttributes": [
			{"name": "com.amazonaws.ecs.capability.docker-remote-api.1.18"},
			{"name": "ecs.capability.task-eni"},
			{"name": "com.amazonaws.ecs.capability.task-iam-role"},
			{"name": "com.amazonaws.ecs.capability.docker-remote-api.1.19"},
			{"name": "com.amazonaws.ecs.capability.logging-driver.awslogs"},
			{"name": "ecs.capability.execution-role-awslogs"},
			{"name": "ecs.capability.secrets.asm.environment-variables"},
			{"name": "ecs.capability.secrets.ssm.environment-variables"}
		],
		"placementConstraints": [], "volumes": [],
		"containerDefinitions": [{
			"name": "app", "image": "app:1", "cpu": 0, "essential": true,
			"portMappings": [{"containerPort": 80, "hostPort": 80, "protocol": "tcp"}],
			"environment": [], "mountPoints": [], "volumesFrom": [], "systemControls": [],
			"secrets": [
				{"name": "A", "valueFrom": "arn:aws:secretsmanager:us-east-1:000000000000:secret:a"},
				{"name": "B", "valueFrom": "b"}
			],
			"logConfiguration": {"logDriver": "awslogs", "options": {
				"awslogs-group": "g", "awslogs-region": "us-east-1", "awslogs-stream-prefix": "p"
			}}
		}]
	}}`, described(t, `{"family": "web", "networkMode": "awsvpc", "requiresCompatibilities": ["FARGATE"],
		"cpu": "1 vCPU", "memory": "2GB", "taskRoleArn": "task",
		"executionRoleArn": "arn:aws:iam::000000000000:role/exec",
		"containerDefinitions": [{
			"name": "app", "image": "app:1", "portMappings": [{"containerPort": 80}],
			"secrets": [
				{"name": "A", "valueFrom": "arn:aws:secretsmanager:us-east-1:000000000000:secret:a"},
				{"name": "B", "valueFrom": "b"}
			],
			"logConfiguration": {"logDriver": "awslogs", "options": {
				"awslogs-group": "g", "awslogs-region": "us-east-1", "awslogs-stream-prefix": "p"
			}}
		}]}`))
}

// Terraform would replace a definition for ever if one of these came back
// other than it was sent.
func TestWhatAWSEchoes(t *testing.T) {
	container := `{
		"name": "app", "image": "i", "cpu": 1, "memory": 128, "essential": true,
		"portMappings": [{"containerPort": 53, "hostPort": 5353, "protocol": "udp", "name": "dns", "appProtocol": "grpc"}],
		"environment": [{"name": "B", "value": "2"}, {"name": "A", "value": ""}],
		"mountPoints": [], "volumesFrom": [], "systemControls": [{"namespace": "net.core.somaxconn", "value": "1"}],
		"privileged": false, "user": "", "dockerLabels": {}, "startTimeout": 2, "stopTimeout": 2,
		"versionConsistency": "disabled", "entryPoint": [], "command": ["a"], "links": [],
		"restartPolicy": {"enabled": true, "ignoredExitCodes": [], "restartAttemptPeriod": 60},
		"logConfiguration": {"logDriver": "json-file", "options": {}, "secretOptions": []},
		"linuxParameters": {"initProcessEnabled": false, "capabilities": {"add": [], "drop": ["ALL"]}, "tmpfs": []},
		"healthCheck": {"command": ["CMD", "true"], "interval": 5, "timeout": 2, "retries": 1, "startPeriod": 0},
		"ulimits": [{"name": "nofile", "softLimit": 1, "hardLimit": 2}]
	}`
	const rest = `"placementConstraints": [{"type": "memberOf", "expression": "attribute:x exists"}], "networkMode": "bridge",
		"volumes": [{"name": "e", "efsVolumeConfiguration": {"fileSystemId": "fs-1"}}, {"name": "h", "host": {}}],
		"pidMode": "task", "ipcMode": "none", "runtimePlatform": {"cpuArchitecture": "ARM64"},
		"ephemeralStorage": {"sizeInGiB": 21}, "enableFaultInjection": false`
	got := described(t, `{"family": "web", "containerDefinitions": [`+container+`], `+rest+`}`)
	assert.JSONEq(t, `{"taskDefinition": {"family": "web", "revision": 1, "status": "ACTIVE",
		"taskDefinitionArn": "arn:aws:ecs:us-east-1:000000000000:task-definition/web:1",
		"registeredAt": 1700000000.000, "registeredBy": "arn:aws:iam::000000000000:root",
		"compatibilities": ["EXTERNAL", "EC2"],
		"requiresAttributes": [
			{"name": "ecs.capability.pid-ipc-namespace-sharing"},
			{"name": "ecs.capability.efsAuth"},
			{"name": "com.amazonaws.ecs.capability.docker-remote-api.1.25"},
			{"name": "com.amazonaws.ecs.capability.docker-remote-api.1.18"},
			{"name": "com.amazonaws.ecs.capability.docker-remote-api.1.19"},
			{"name": "com.amazonaws.ecs.capability.docker-remote-api.1.24"},
			{"name": "ecs.capability.container-health-check"},
			{"name": "ecs.capability.container-restart-policy"}
		],
		"containerDefinitions": [`+container+`], `+rest+`}}`, got)
}

func TestTaskSizes(t *testing.T) {
	for text, want := range map[string]int{"256": 256, "1 vCPU": 1024, ".5vcpu": 512, "0.25 VCPU": 256} {
		n, ok := parseCPU(text)
		assert.True(t, ok, text)
		assert.Equal(t, want, n, text)
	}
	for text, want := range map[string]int{"512": 512, "0.5GB": 512, "30 gb": 30720} {
		n, ok := parseMemory(text)
		assert.True(t, ok, text)
		assert.Equal(t, want, n, text)
	}
	for _, text := range []string{"", "x", "1.5", "-1", "1 GB", "99999999999999999999"} {
		_, ok := parseCPU(text)
		assert.False(t, ok, text)
	}
}

func TestFargatePairs(t *testing.T) {
	count := func(cpu int) (n int) {
		for memory := 512; memory <= 256<<10; memory += 512 {
			if fargatePair(cpu, memory) {
				n++
			}
		}
		return n
	}
	for cpu, pairs := range map[int]int{256: 3, 512: 4, 1024: 7, 2048: 13, 4096: 23, 8192: 12, 16384: 12, 128: 0, 300: 0} {
		assert.Equal(t, pairs, count(cpu), "cpu %d", cpu)
	}
}
