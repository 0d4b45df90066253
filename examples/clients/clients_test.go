// Package clients drives a fixture from other processes: with the aws command
// line, and with Python's boto3.
package clients

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture"
)

// remedy is what a machine without the clients needs.
const remedy = "run \"apt-get install awscli python3-boto3\""

// worker builds the image of the examples' program.
func worker(t *testing.T) string {
	t.Helper()
	return ecsfixture.BuildGoImage(t, "../gotest/worker", "ecsfixture-example-worker:latest")
}

func TestBoto3(t *testing.T) {
	t.Parallel()
	if out, err := exec.Command("python3", "-c", "import boto3").CombinedOutput(); err != nil {
		t.Fatalf("this test needs python3 with boto3: %s (%v)\n%s", remedy, err, out)
	}
	fx := ecsfixture.Start(t)
	cmd := exec.CommandContext(t.Context(), "python3", "scenario.py")
	cmd.Env = append(os.Environ(), "ENDPOINT="+fx.URL, "IMAGE="+worker(t))
	out, err := cmd.CombinedOutput()
	t.Logf("%s", out)
	require.NoError(t, err)
}

// cli is the aws command line with a fixture as its endpoint.
type cli struct {
	*testing.T
	fx *ecsfixture.Fixture
}

func newCLI(t *testing.T, opts ...ecsfixture.Option) cli {
	t.Helper()
	if _, err := exec.LookPath("aws"); err != nil {
		t.Fatalf("this test needs the aws command line: %s (%v)", remedy, err)
	}
	return cli{t, ecsfixture.Start(t, opts...)}
}

// run runs aws with the arguments, which are separated by spaces in line and
// follow it as they are in more.
func (c cli) run(line string, more ...string) ([]byte, error) {
	c.Helper()
	args := append([]string{"--endpoint-url", c.fx.URL, "--region", c.fx.Region, "--output", "json"}, strings.Fields(line)...)
	cmd := exec.CommandContext(c.Context(), "aws", append(args, more...)...)
	cmd.Env = append(os.Environ(), "AWS_ACCESS_KEY_ID="+c.fx.Account, "AWS_SECRET_ACCESS_KEY=any", "AWS_SESSION_TOKEN=",
		"AWS_PAGER=", "AWS_CONFIG_FILE="+os.DevNull, "AWS_SHARED_CREDENTIALS_FILE="+os.DevNull, "AWS_EC2_METADATA_DISABLED=true")
	var out, problem bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &problem
	err := cmd.Run()
	return append(out.Bytes(), problem.Bytes()...), err
}

// get runs aws and returns what --query picks.
func (c cli) get(query, line string, more ...string) (picked any) {
	c.Helper()
	out, err := c.run(line, append(more, "--query", query)...)
	require.NoError(c, err, "aws %s: %s", line, out)
	require.NoError(c, json.Unmarshal(out, &picked), "%s", out)
	return picked
}

func (c cli) fails(with, line string) {
	c.Helper()
	out, err := c.run(line)
	assert.Error(c, err)
	assert.Contains(c, string(out), "An error occurred ("+with+")")
}

// wait runs aws ecs wait, which prints nothing, and checks that it ended as
// soon as the task had its new status. The time that the command takes to
// start doesn't count.
func (c cli) wait(waiter, task, status string) {
	c.Helper()
	since := c.asks("ecs wait "+waiter+" --tasks", task)
	for _, step := range c.fx.Timeline(task) {
		if step.Status == status && step.At.After(since) {
			since = step.At
		}
	}
	late := time.Since(since)
	c.Logf("%s ended %v after the task was %s", waiter, late.Round(time.Millisecond), status)
	assert.Less(c, late, 5*time.Second, "the command line's own delay is 6 seconds")
}

// asks runs aws and returns when its last request came.
func (c cli) asks(line string, more ...string) time.Time {
	c.Helper()
	var asked atomic.Pointer[time.Time]
	remove := c.fx.Intercept(func(context.Context, ecsfixture.Call) error {
		now := time.Now()
		asked.Store(&now)
		return nil
	})
	defer remove()
	out, err := c.run(line, more...)
	require.NoError(c, err, "%s", out)
	return *asked.Load()
}

func TestCommandLine(t *testing.T) {
	t.Parallel()
	c := newCLI(t)
	assert.Equal(t, "ACTIVE", c.get("cluster.status", "ecs create-cluster --cluster-name spare"))

	secret := c.get("ARN", "secretsmanager create-secret --name db --secret-string", "hunter2").(string)
	assert.Equal(t, "hunter2", c.get("SecretString", "secretsmanager get-secret-value --secret-id db"))
	c.get("Version", "ssm put-parameter --name /app/name --type String --value", "Ann")
	assert.Equal(t, "Ann", c.get("Parameter.Value", "ssm get-parameter --name /app/name"))

	td := c.register(map[string]any{
		"command":     []string{"job"},
		"environment": []any{map[string]string{"name": "EXIT", "value": "3"}},
		"secrets": []any{
			map[string]string{"name": "DB_PASSWORD", "valueFrom": secret},
			map[string]string{"name": "NAME", "valueFrom": "/app/name"},
		},
		"logConfiguration": map[string]any{"logDriver": "awslogs", "options": map[string]string{
			"awslogs-group": "/cli", "awslogs-region": "us-east-1", "awslogs-stream-prefix": "p", "awslogs-create-group": "true"}},
	})
	task := c.get("tasks[0].taskArn", "ecs run-task --task-definition", td).(string)
	c.wait("tasks-stopped", task, "STOPPED")
	assert.Equal(t, []any{"EssentialContainerExited", 3.0},
		c.get("tasks[0].[stopCode, containers[0].exitCode]", "ecs describe-tasks --tasks", task))
	stream := "p/app/" + task[strings.LastIndexByte(task, '/')+1:]
	assert.ElementsMatch(t, []any{"hello Ann", "password of 7 letters", "giving up with 3"},
		c.get("events[].message", "logs get-log-events --start-from-head --log-group-name /cli --log-stream-name", stream))
}

func TestCommandLineStops(t *testing.T) {
	t.Parallel()
	c := newCLI(t)
	td := c.register(map[string]any{"command": []string{"serve"}})
	task := c.get("tasks[0].taskArn", "ecs run-task --tags key=team,value=blue --task-definition", td).(string)
	c.wait("tasks-running", task, "RUNNING")
	assert.Equal(t, []any{task}, c.get("taskArns", "ecs list-tasks"))
	assert.Equal(t, "blue", c.get("tags[0].value", "ecs list-tags-for-resource --resource-arn", task))
	assert.Equal(t, "STOPPED", c.get("task.desiredStatus", "ecs stop-task --reason enough --task", task))
	c.wait("tasks-stopped", task, "STOPPED")
	assert.Equal(t, []any{"UserInitiated", "enough", 0.0},
		c.get("tasks[0].[stopCode, stoppedReason, containers[0].exitCode]", "ecs describe-tasks --tasks", task))

	c.fails("ClusterNotFoundException", "ecs list-tasks --cluster none")
	c.fails("InvalidParameterException", "ecs stop-task --task 00000000000000000000000000000000")
	c.fails("ResourceNotFoundException", "secretsmanager get-secret-value --secret-id none")
}

// register registers a container named app and returns the definition's ARN.
func (c cli) register(container map[string]any) string {
	c.Helper()
	container["name"], container["image"], container["memory"] = "app", worker(c.T), 64
	containers, err := json.Marshal([]any{container})
	require.NoError(c, err)
	return c.get("taskDefinition.taskDefinitionArn",
		"ecs register-task-definition --family cli --execution-role-arn arn:aws:iam::000000000000:role/execution --container-definitions",
		string(containers)).(string)
}
