package main

import (
	"io"
	"net/http"
	"os/exec"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func get(t *testing.T, url string) (status int, body string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	require.NoError(t, err)
	resp, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return resp.StatusCode, string(text)
}

// TestServe runs a task, and leaves nothing when it is told to end.
func TestServe(t *testing.T) {
	t.Parallel()
	for runtime, args := range map[string][]string{
		"docker": {"--session", session(t)}, "simulated": {"--runtime", "simulated"},
	} {
		t.Run(runtime, func(t *testing.T) {
			t.Parallel()
			s := serve(t, append(args, "--region", "eu-west-1", "--account", "123456789012")...)
			status, body := get(t, s.env["AWS_ENDPOINT_URL"]+"/health")
			assert.Equal(t, http.StatusOK, status)
			assert.JSONEq(t, `{"status":"ok","region":"eu-west-1","account":"123456789012"}`, body)
			assert.Contains(t, s.runAwsvpc(t, image(t)), "arn:aws:ecs:eu-west-1:123456789012:task/default/")
			assert.Zero(t, s.stop(t), s.log)
			assert.Contains(t, s.log.String(), "removing everything")
			assert.NotContains(t, s.log.String(), "level=WARN")
			_, err := http.Get(s.env["AWS_ENDPOINT_URL"] + "/health")
			assert.ErrorContains(t, err, "connection refused")
		})
	}
}

// TestServePrintsForAShell has a shell read what is printed.
func TestServePrintsForAShell(t *testing.T) {
	t.Parallel()
	s := serve(t, "--runtime", "simulated")
	cmd := exec.Command("sh", "-ec", `eval "$(cat)"; echo "$AWS_ENDPOINT_URL $AWS_DEFAULT_REGION ${AWS_PROFILE-unset}"`)
	cmd.Env = append(cmd.Environ(), "AWS_PROFILE=none")
	cmd.Stdin = strings.NewReader(strings.Join(s.lines, "\n"))
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, string(out))
	assert.Equal(t, s.env["AWS_ENDPOINT_URL"]+" us-east-1 unset\n", string(out))
}

// TestTwoAtOnce don't know of each other, unless they are told to listen at
// the same address.
func TestTwoAtOnce(t *testing.T) {
	t.Parallel()
	name := session(t)
	one, two := serve(t, "--session", name), serve(t, "--session", name+"-2")
	_, err := one.client().CreateCluster(t.Context(), &ecs.CreateClusterInput{ClusterName: aws.String("spare")})
	require.NoError(t, err)
	one.runAwsvpc(t, image(t))
	two.runAwsvpc(t, image(t))
	list, err := two.client().ListClusters(t.Context(), &ecs.ListClustersInput{})
	require.NoError(t, err)
	assert.Equal(t, []string{"arn:aws:ecs:us-east-1:000000000000:cluster/default"}, list.ClusterArns)

	third := ended(t, command(t, "serve", "--address", strings.TrimPrefix(one.env["AWS_ENDPOINT_URL"], "http://")))
	assert.Equal(t, 1, third.code)
	assert.Contains(t, third.errors, "address already in use")
	assert.Zero(t, one.stop(t), one.log)
	tasks, err := two.client().ListTasks(t.Context(), &ecs.ListTasksInput{})
	require.NoError(t, err)
	assert.Len(t, tasks.TaskArns, 1, "the end of the first is none of the second's business")
	assert.Zero(t, two.stop(t), two.log)
	assertNothingLeft(t, name+"-2")
}

// TestListeningElsewhereIsWarnedOf and still told as an address to dial.
func TestListeningElsewhereIsWarnedOf(t *testing.T) {
	t.Parallel()
	s := serve(t, "--runtime", "simulated", "--address", ":0")
	assert.Regexp(t, `^http://127\.0\.0\.1:\d+$`, s.env["AWS_ENDPOINT_URL"])
	assert.Zero(t, s.stop(t))
	assert.Contains(t, s.log.String(), "whoever reaches it can run containers on this machine")
}

func TestIsLoopback(t *testing.T) {
	for address, want := range map[string]bool{
		"127.0.0.1:0": true, "127.1.2.3:80": true, "[::1]:80": true, "localhost:80": true,
		":80": false, "0.0.0.0:80": false, "[::]:80": false, "10.0.0.1:80": false, "example.com:80": false,
	} {
		assert.Equal(t, want, isLoopback(address), address)
	}
}

// TestWrongFlags are refused by name before anything starts.
func TestWrongFlags(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"serve --account 1":                      `--account: "1" does not have 12 digits`,
		"serve --region Mars":                    `--region: "Mars" is no region`,
		"serve --address 4566":                   "missing port in address",
		"serve --runtime podman":                 `--runtime must be one of "docker","simulated"`,
		"serve --runtime simulated --pull never": "--registry, --pull and --session are for --runtime docker",
		"serve --seed none.yaml":                 "none.yaml",
		"serve --log-level loud":                 "--log-level",
		"nothing":                                "nothing",
		"exec":                                   `expected "<command> ..."`,
	} {
		o := ended(t, command(t, strings.Fields(line)...))
		assert.Equal(t, 80, o.code, line)
		assert.Contains(t, o.errors, want, line)
		assert.Empty(t, o.out, line)
		assert.Less(t, strings.Count(o.errors, "\n"), 6, "the message isn't below a page of help")
	}
}

func TestLogs(t *testing.T) {
	t.Parallel()
	s := serve(t, "--runtime", "simulated", "--log-level", "debug", "--log-format", "json")
	_, err := s.client().ListClusters(t.Context(), &ecs.ListClustersInput{})
	require.NoError(t, err)
	s.stop(t)
	assert.Contains(t, s.log.String(), `"level":"DEBUG","msg":"call","service":"ecs","operation":"ListClusters"}`)
}
