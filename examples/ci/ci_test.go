// Package ci holds what a pipeline needs that isn't in Go: a workflow, a seed,
// a script, and an image of the endpoint. The tests run all of it.
package ci

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime/docker"
)

func TestMain(m *testing.M) { os.Exit(testMain(m)) }

// What the Dockerfile is built from, and what it is built into: the tests use
// the same.
var (
	programs string // a directory
	image    string // an id
)

func testMain(m *testing.M) int {
	_ = os.Setenv("TESTCONTAINERS_RYUK_DISABLED", "true") // its image can't be had everywhere
	var err error
	if programs, err = os.MkdirTemp("", "ecsfixture-"); err == nil {
		defer os.RemoveAll(programs)
		err = build()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	code := m.Run()
	if out, err := exec.Command("docker", "image", "rm", "-f", image).CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "%v: %s", err, out)
		return max(code, 1)
	}
	return code
}

// build does what the Dockerfile says.
func build() error {
	for name, pkg := range map[string]string{"ecsfixture": "cmd/ecsfixture", "ecsfixture-holder": "ecsfixture/runtime/docker/holder"} {
		cmd := exec.Command("go", "build", "-trimpath", "-o", filepath.Join(programs, name), "../../"+pkg)
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux")
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("%w: %s", err, out)
		}
	}
	var problem bytes.Buffer
	cmd := exec.Command("docker", "build", "-q", "-f", "Dockerfile", programs)
	cmd.Stderr = &problem
	out, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("%w: %s", err, &problem)
	}
	image = strings.TrimSpace(string(out))
	return nil
}

// run runs a program of the machine and returns what it prints.
func run(t *testing.T, name string, args ...string) string {
	t.Helper()
	var out, errs bytes.Buffer
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Stdout, cmd.Stderr = &out, &errs
	require.NoError(t, cmd.Run(), "%s %v\n%s%s", name, args, &out, &errs)
	return strings.TrimSpace(out.String())
}

// session is a name for what a test makes in the engine, which is to be empty
// when the test ends.
func session(t *testing.T) string {
	t.Helper()
	name := fmt.Sprintf("%s-%d", strings.ToLower(t.Name()), os.Getpid())
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		defer cancel()
		left, err := docker.SweepSession(ctx, name)
		assert.NoError(t, err)
		assert.Empty(t, left, "left in the engine")
	})
	return name
}

// TestWorkflow runs the step of the workflow that tests.
func TestWorkflow(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("aws"); err != nil {
		t.Fatalf("this test needs the aws command line: run \"apt-get install awscli\" (%v)", err)
	}
	var workflow struct {
		Jobs struct {
			Test struct{ Steps []struct{ Name, Run string } }
		}
	}
	text, err := os.ReadFile("workflow.yml")
	require.NoError(t, err)
	require.NoError(t, yaml.Unmarshal(text, &workflow))
	steps := workflow.Jobs.Test.Steps
	last := steps[len(steps)-1]
	require.Equal(t, "test", last.Name)

	ecsfixture.BuildGoImage(t, "../gotest/worker", "worker:dev")
	line := strings.Replace(last.Run, "exec ", "exec --session "+session(t)+" ", 1)
	cmd := exec.CommandContext(t.Context(), "sh", "-c", line)
	cmd.Env = append(os.Environ(), "PATH="+programs+":"+os.Getenv("PATH"), "AWS_CONFIG_FILE="+os.DevNull, "AWS_SHARED_CREDENTIALS_FILE="+os.DevNull)
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, string(out))
	assert.Contains(t, string(out), "hello Ann")
	assert.Contains(t, string(out), "password of 7 letters")
}

// container starts a container that is removed with the test.
func container(t *testing.T, args ...string) string {
	t.Helper()
	id := run(t, "docker", append([]string{"run", "-d"}, args...)...)
	t.Cleanup(func() { assert.NoError(t, exec.Command("docker", "rm", "-f", id).Run()) })
	return id
}

var ready = regexp.MustCompile(`ready at http://(\S+)`)

// address waits until a container's endpoint is ready, and returns it.
func address(t *testing.T, id string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "docker", "logs", "-f", id)
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	defer func() { cancel(); _ = cmd.Wait() }() // it was killed
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if m := ready.FindStringSubmatch(lines.Text()); m != nil {
			return m[1]
		}
	}
	t.Fatal("it isn't ready: ", run(t, "docker", "logs", id))
	return ""
}

func stopped(t *testing.T, id string) {
	t.Helper()
	run(t, "docker", "stop", "-t", "30", id)
	assert.Equal(t, "0", run(t, "docker", "inspect", "-f", "{{.State.ExitCode}}", id))
}

// TestImage serves simulated containers through a published port.
func TestImage(t *testing.T) {
	t.Parallel()
	id := container(t, "-p", "127.0.0.1::4566", image, "serve", "--runtime", "simulated", "--address", ":4566")
	address(t, id)
	published := run(t, "docker", "port", id, "4566/tcp")
	resp, err := http.Get("http://" + published + "/health")
	require.NoError(t, err)
	defer resp.Body.Close()
	var health struct{ Status string }
	require.NoError(t, json.NewDecoder(resp.Body).Decode(&health))
	assert.Equal(t, "ok", health.Status)
	stopped(t, id)
}

// TestImageRunsContainers in the engine that it runs in itself, without the
// Go toolchain.
func TestImageRunsContainers(t *testing.T) {
	t.Parallel()
	const socket = "/var/run/docker.sock"
	if _, err := os.Stat(socket); err != nil {
		t.Skip("the engine isn't at ", socket)
	}
	worker := ecsfixture.BuildGoImage(t, "../gotest/worker", "ecsfixture-example-worker:latest")
	id := container(t, "--network", "host", "-v", socket+":"+socket, "-e", "TESTCONTAINERS_RYUK_DISABLED=true",
		image, "serve", "--address", "127.0.0.1:0", "--session", session(t))
	client := ecs.New(ecs.Options{
		BaseEndpoint: aws.String("http://" + address(t, id)), Region: "us-east-1",
		Credentials: credentials.NewStaticCredentialsProvider("000000000000", "any", ""),
	})
	td, err := client.RegisterTaskDefinition(t.Context(), &ecs.RegisterTaskDefinitionInput{
		Family: aws.String("job"), NetworkMode: types.NetworkModeAwsvpc,
		ContainerDefinitions: []types.ContainerDefinition{{Name: aws.String("app"), Image: aws.String(worker), Memory: aws.Int32(32), Command: []string{"serve"}}},
	})
	require.NoError(t, err)
	out, err := client.RunTask(t.Context(), &ecs.RunTaskInput{
		TaskDefinition:       td.TaskDefinition.TaskDefinitionArn,
		NetworkConfiguration: &types.NetworkConfiguration{AwsvpcConfiguration: &types.AwsVpcConfiguration{Subnets: []string{"subnet-1"}}},
	})
	require.NoError(t, err)
	tasks := &ecs.DescribeTasksInput{Tasks: []string{*out.Tasks[0].TaskArn}}
	require.NoError(t, ecs.NewTasksRunningWaiter(client).Wait(t.Context(), tasks, time.Minute), run(t, "docker", "logs", id))
	stopped(t, id)
}
