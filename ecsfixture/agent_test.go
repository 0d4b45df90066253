package ecsfixture_test

import (
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/logs"
)

// startTelling runs a task with a role that prints its environment and goes
// on, and returns the environment.
func startTelling(t *testing.T, fx *ecsfixture.Fixture, mode types.NetworkMode) (arn string, env map[string]string) {
	t.Helper()
	arn = runIn(t, fx, mode, "env; echo told; exec sleep 1000")
	fx.Logs.WaitFor(t, logs.Task(arn), logs.Contains("told"))
	env = map[string]string{}
	for _, l := range fx.Logs.Lines(logs.Task(arn)) {
		name, value, _ := strings.Cut(l.Text, "=")
		env[name] = value
	}
	return arn, env
}

// runIn runs a script in a task of a network mode with a role.
func runIn(t *testing.T, fx *ecsfixture.Fixture, mode types.NetworkMode, script string) (arn string) {
	t.Helper()
	td := registerWith(t, fx, func(in *ecs.RegisterTaskDefinitionInput) {
		in.NetworkMode, in.TaskRoleArn = mode, aws.String("arn:aws:iam::000000000000:role/app")
	}, sh(t, "app", script, func(d *types.ContainerDefinition) { d.StopTimeout = aws.Int32(2) }))
	return run(t, fx, td, func(in *ecs.RunTaskInput) {
		if mode == types.NetworkModeAwsvpc {
			in.NetworkConfiguration = inSubnet()
		}
	})
}

// TestTasksReachTheirOwnDataOnly: what another task was given is refused to
// each that comes from a network interface of its own, or wants what belongs
// to one.
func TestTasksReachTheirOwnDataOnly(t *testing.T) {
	t.Parallel()
	fx := ecsfixture.Start(t)
	_, env := startTelling(t, fx, types.NetworkModeAwsvpc)
	paths := []string{
		env["ECS_CONTAINER_METADATA_URI_V4"] + "/task", env["ECS_CONTAINER_METADATA_URI"], env["AWS_ENDPOINT_URL"] + "/health",
		"http://169.254.170.2" + env["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"], env["ECS_AGENT_URI"] + "/task-protection/v1/state",
	}
	require.NotContains(t, paths, "http://169.254.170.2")
	for _, mode := range []types.NetworkMode{types.NetworkModeAwsvpc, types.NetworkModeBridge} {
		arn := runIn(t, fx, mode, "for u in "+strings.Join(paths, " ")+` http://169.254.170.2/v2/credentials/guessed; do wget -q -O /dev/null $u 2>&1 || echo refused; done
			wget -q -O /dev/null "$ECS_CONTAINER_METADATA_URI_V4" && wget -q -O /dev/null "http://169.254.170.2$AWS_CONTAINER_CREDENTIALS_RELATIVE_URI" && echo own`)
		fx.AssertExitCode(t, arn, "app", 0)
		text := fx.Logs.Text(logs.Task(arn))
		assert.Equal(t, len(paths)+1, strings.Count(text, "refused\n"), text)
		assert.Equal(t, len(paths)+1, strings.Count(text, "HTTP/1.1 4"), "by an answer, each: %s", text)
		assert.Contains(t, text, "own\n")
	}
}

// TestCredentialsEndWithTheTask asks as the host does, whose loopback a task
// in host mode shares.
func TestCredentialsEndWithTheTask(t *testing.T) {
	t.Parallel()
	fx := ecsfixture.Start(t)
	arn, env := startTelling(t, fx, types.NetworkModeHost)
	ask := func(url string) (int, string) {
		resp, err := http.Get(url)
		require.NoError(t, err)
		defer resp.Body.Close()
		text, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		return resp.StatusCode, string(text)
	}
	status, text := ask(env["AWS_CONTAINER_CREDENTIALS_FULL_URI"])
	require.Equal(t, http.StatusOK, status, text)
	var keys struct{ RoleArn string }
	require.NoError(t, json.Unmarshal([]byte(text), &keys))
	assert.Equal(t, "arn:aws:iam::000000000000:role/app", keys.RoleArn)

	_, err := fx.ECS.StopTask(t.Context(), &ecs.StopTaskInput{Task: aws.String(arn)})
	require.NoError(t, err)
	fx.WaitTaskStopped(t, arn)
	status, text = ask(env["AWS_CONTAINER_CREDENTIALS_FULL_URI"])
	assert.Equal(t, http.StatusBadRequest, status)
	assert.Contains(t, text, "InvalidIdInRequest")
	for _, url := range []string{env["ECS_CONTAINER_METADATA_URI_V4"], env["AWS_ENDPOINT_URL"], env["ECS_AGENT_URI"] + "/task-protection/v1/state"} {
		status, text = ask(url)
		assert.GreaterOrEqual(t, status, 400, text)
		assert.Less(t, status, 500, text)
	}
}

// TestCommandLineFindsTheRole has the aws command line's own chain find the
// role of a task in host mode, whose environment it is given.
func TestCommandLineFindsTheRole(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("aws"); err != nil {
		t.Fatalf("this test needs the aws command line: run \"apt-get install awscli\" (%v)", err)
	}
	fx := ecsfixture.Start(t)
	arn, env := startTelling(t, fx, types.NetworkModeHost)
	cmd := exec.CommandContext(t.Context(), "aws", "sts", "get-caller-identity", "--query", "Arn", "--output", "text")
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir()}
	for _, name := range []string{"AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_ENDPOINT_URL", "AWS_DEFAULT_REGION"} {
		cmd.Env = append(cmd.Env, name+"="+env[name])
	}
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, string(out))
	assert.Equal(t, "arn:aws:sts::000000000000:assumed-role/app/"+arn[len(arn)-32:]+"\n", string(out))
}
