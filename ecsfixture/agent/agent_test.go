package agent_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/agent"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/server"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/sts"
)

const taskARN = "arn:aws:ecs:eu-west-1:000000000000:task/demo/0123456789abcdef0123456789abcdef"

// engine is a container that has only an id and figures.
type engine struct {
	runtime.Container
	id    string
	stats []string // one after the other
}

func (e *engine) ID() string { return e.id }

func (e *engine) Stats(context.Context) (json.RawMessage, error) {
	now := e.stats[0]
	if len(e.stats) > 1 {
		e.stats = e.stats[1:]
	}
	return json.RawMessage(now), nil
}

// newTask is a running Fargate task of one container, with both roles.
func newTask() server.AgentTask {
	began := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	state := server.AgentState{
		Task: types.Task{
			TaskArn: aws.String(taskARN), ClusterArn: aws.String("arn:aws:ecs:eu-west-1:000000000000:cluster/demo"),
			LastStatus: aws.String("RUNNING"), DesiredStatus: aws.String("RUNNING"), LaunchType: types.LaunchTypeFargate,
			Cpu: aws.String("256"), Memory: aws.String("512"), Group: aws.String("service:shop"),
			Tags: []types.Tag{{Key: aws.String("team"), Value: aws.String("blue")}},
			Containers: []types.Container{{
				Name: aws.String("app"), Image: aws.String("nginx:1"), RuntimeId: aws.String("c0ffee"), LastStatus: aws.String("RUNNING"),
				ContainerArn: aws.String("arn:aws:ecs:eu-west-1:000000000000:container/demo/x/y"), Cpu: aws.String("2"), HealthStatus: types.HealthStatusHealthy,
			}},
		},
		InstanceTags: []types.Tag{{Key: aws.String("rack"), Value: aws.String("7")}},
		Definition: types.TaskDefinition{Family: aws.String("web"), Revision: 3, ContainerDefinitions: []types.ContainerDefinition{{
			Name: aws.String("app"), HealthCheck: &types.HealthCheck{Command: []string{"CMD", "true"}},
			PortMappings: []types.PortMapping{{ContainerPort: aws.Int32(80)}}, DockerLabels: map[string]string{"mine": "1"},
			LogConfiguration: &types.LogConfiguration{LogDriver: types.LogDriverAwslogs, Options: map[string]string{"awslogs-group": "/g", "awslogs-stream-prefix": "p"}},
		}}},
		Network: runtime.Network{IP: "10.0.1.7", MAC: "0a:00:00:00:00:01", Gateway: "10.0.1.1", Subnet: "10.0.1.0/24", DNS: []string{"10.0.0.2"}},
		Containers: map[string]server.AgentContainer{"app": {
			ImageID: "sha256:1", CreatedAt: began, StartedAt: began.Add(time.Second),
			Container: &engine{id: "c0ffee", stats: []string{
				`{"read":"2026-01-02T03:04:05Z","cpu_stats":{"n":1},"networks":{"eth0":{"rx_bytes":100,"tx_bytes":10}}}`,
				`{"read":"2026-01-02T03:04:07Z","cpu_stats":{"n":2},"networks":{"eth0":{"rx_bytes":300,"tx_bytes":30}}}`,
			}},
		}},
	}
	return server.AgentTask{
		ARN: taskARN, ID: "0123456789abcdef0123456789abcdef", Cluster: "demo", Account: "000000000000", Region: "eu-west-1",
		LaunchType: types.LaunchTypeFargate, NetworkMode: types.NetworkModeAwsvpc,
		TaskRole: "arn:aws:iam::000000000000:role/app", ExecRole: "arn:aws:iam::000000000000:role/exec",
		Containers: []string{"app"}, State: func() server.AgentState { return state },
	}
}

// registered is an agent with a task, and the environment of its container.
func registered(t *testing.T, change ...func(*server.AgentTask)) (*agent.Agent, map[string]string) {
	t.Helper()
	a := agent.New(agent.Config{Sessions: new(sts.Sessions)})
	task := newTask()
	for _, f := range change {
		f(&task)
	}
	env := map[string]string{}
	for _, v := range a.Register(task).Env["app"] {
		env[v.Name] = v.Value
	}
	return a, env
}

// get calls the agent from the task's address.
func get(a *agent.Agent, url string) *httptest.ResponseRecorder { return getFrom(a, "10.0.1.7", url) }

func getFrom(a *agent.Agent, ip, url string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, url, nil)
	r.RemoteAddr = ip + ":4711"
	w := httptest.NewRecorder()
	a.ServeHTTP(w, r)
	return w
}

func TestEnvironment(t *testing.T) {
	_, env := registered(t)
	assert.Regexp(t, `^http://169\.254\.170\.2/v3/[0-9a-f]{32}-\d{10}$`, env["ECS_CONTAINER_METADATA_URI"])
	assert.Regexp(t, `^http://169\.254\.170\.2/v4/[0-9a-f]{32}-\d{10}$`, env["ECS_CONTAINER_METADATA_URI_V4"])
	assert.Regexp(t, `^http://169\.254\.170\.2/api/[0-9a-f]{32}-\d{10}$`, env["ECS_AGENT_URI"])
	assert.Regexp(t, `^/v2/credentials/[0-9a-f-]{36}$`, env["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"])
	assert.Equal(t, "AWS_ECS_FARGATE", env["AWS_EXECUTION_ENV"])
	assert.Equal(t, "eu-west-1", env["AWS_REGION"])
	assert.Equal(t, "eu-west-1", env["AWS_DEFAULT_REGION"])
	assert.NotContains(t, env, "AWS_ENDPOINT_URL", "nothing listens")

	_, env = registered(t, func(t *server.AgentTask) { t.TaskRole, t.LaunchType = "", types.LaunchTypeEc2 })
	assert.NotContains(t, env, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI")
	assert.Equal(t, "AWS_ECS_EC2", env["AWS_EXECUTION_ENV"])
}

func TestMetadata(t *testing.T) {
	a, env := registered(t)
	w := get(a, env["ECS_CONTAINER_METADATA_URI_V4"])
	require.Equal(t, http.StatusOK, w.Code)
	container := `{
		"DockerId":"c0ffee","Name":"app","DockerName":"app","Image":"nginx:1","ImageID":"sha256:1",
		"Ports":[{"ContainerPort":80,"Protocol":"tcp"}],
		"Labels":{"com.amazonaws.ecs.cluster":"arn:aws:ecs:eu-west-1:000000000000:cluster/demo","com.amazonaws.ecs.container-name":"app",
			"com.amazonaws.ecs.task-arn":"` + taskARN + `","com.amazonaws.ecs.task-definition-family":"web","com.amazonaws.ecs.task-definition-version":"3","mine":"1"},
		"DesiredStatus":"RUNNING","KnownStatus":"RUNNING","Limits":{"CPU":2},
		"CreatedAt":"2026-01-02T03:04:05Z","StartedAt":"2026-01-02T03:04:06Z","Type":"NORMAL",
		"Networks":[{"NetworkMode":"awsvpc","IPv4Addresses":["10.0.1.7"],"AttachmentIndex":0,"MACAddress":"0a:00:00:00:00:01",
			"IPv4SubnetCIDRBlock":"10.0.1.0/24","DomainNameServers":["10.0.0.2"],"SubnetGatewayIpv4Address":"10.0.1.1/24"}],
		"Health":{"status":"HEALTHY"},"LogDriver":"awslogs",
		"LogOptions":{"awslogs-group":"/g","awslogs-stream":"p/app/0123456789abcdef0123456789abcdef"},
		"ContainerARN":"arn:aws:ecs:eu-west-1:000000000000:container/demo/x/y"}`
	assert.JSONEq(t, container, w.Body.String())

	var task map[string]any
	require.NoError(t, json.Unmarshal(get(a, env["ECS_CONTAINER_METADATA_URI_V4"]+"/task").Body.Bytes(), &task))
	assert.Equal(t, "arn:aws:ecs:eu-west-1:000000000000:cluster/demo", task["Cluster"])
	assert.Equal(t, "3", task["Revision"])
	assert.Equal(t, map[string]any{"CPU": 0.25, "Memory": 512.0}, task["Limits"])
	assert.Equal(t, "shop", task["ServiceName"])
	assert.Equal(t, false, task["FaultInjectionEnabled"])
	assert.NotContains(t, task, "TaskTags")
	require.NoError(t, json.Unmarshal(get(a, env["ECS_CONTAINER_METADATA_URI_V4"]+"/taskWithTags").Body.Bytes(), &task))
	assert.Equal(t, map[string]any{"team": "blue"}, task["TaskTags"])
	assert.Equal(t, map[string]any{"rack": "7"}, task["ContainerInstanceTags"])
}

func TestOlderVersionsSayLess(t *testing.T) {
	a, env := registered(t)
	for _, url := range []string{env["ECS_CONTAINER_METADATA_URI"], "http://169.254.170.2/v2/metadata/c0ffee"} {
		var c map[string]any
		w := get(a, url)
		require.NoError(t, json.Unmarshal(w.Body.Bytes(), &c), url)
		assert.Equal(t, "c0ffee", c["DockerId"], url)
		assert.NotContains(t, c, "LogDriver", url)
		assert.NotContains(t, c, "ContainerARN", url)
	}
	assert.Contains(t, get(a, "http://169.254.170.2/v2/metadata").Body.String(), `"Family":"web"`)
}

func TestStats(t *testing.T) {
	a, env := registered(t)
	var s map[string]any
	require.NoError(t, json.Unmarshal(get(a, env["ECS_CONTAINER_METADATA_URI_V4"]+"/stats").Body.Bytes(), &s))
	assert.Equal(t, map[string]any{"n": 1.0}, s["cpu_stats"])
	assert.NotContains(t, s, "network_rate_stats")
	var all map[string]map[string]any
	require.NoError(t, json.Unmarshal(get(a, env["ECS_CONTAINER_METADATA_URI_V4"]+"/task/stats").Body.Bytes(), &all))
	assert.Equal(t, map[string]any{"n": 1.0}, all["c0ffee"]["precpu_stats"])
	assert.Equal(t, map[string]any{"rx_bytes_per_sec": 100.0, "tx_bytes_per_sec": 10.0}, all["c0ffee"]["network_rate_stats"])
}

func TestCredentials(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, env := registered(t)
		read := func(path string) (c struct{ RoleArn, AccessKeyId, SecretAccessKey, Token, Expiration string }) {
			w := get(a, path)
			require.Equal(t, http.StatusOK, w.Code)
			require.NoError(t, json.Unmarshal(w.Body.Bytes(), &c))
			return c
		}
		path := env["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"]
		first := read(path)
		assert.Equal(t, "arn:aws:iam::000000000000:role/app", first.RoleArn)
		assert.Equal(t, time.Now().Add(agent.DefaultLifetime).UTC().Format(time.RFC3339), first.Expiration)
		assert.Equal(t, first, read(path), "the same until they're old")
		exec := read(a.ExecutionCredentials(taskARN))
		assert.Equal(t, "arn:aws:iam::000000000000:role/exec", exec.RoleArn)
		assert.NotEqual(t, first.AccessKeyId, exec.AccessKeyId)
		time.Sleep(5 * time.Hour)
		assert.NotEqual(t, first.AccessKeyId, read(path).AccessKeyId, "rotated")

		a.Forget(taskARN)
		w := get(a, path)
		assert.Equal(t, http.StatusBadRequest, w.Code)
		assert.JSONEq(t, `{"code":"InvalidIdInRequest","message":"CredentialsV2Request: Credentials not found","HTTPErrorCode":400}`, w.Body.String())
	})
}

func TestCredentialsNeedAnID(t *testing.T) {
	a, _ := registered(t)
	for _, path := range []string{"/v2/credentials", "/v2/credentials/"} {
		w := get(a, path)
		assert.Equal(t, http.StatusBadRequest, w.Code, path)
		assert.JSONEq(t, `{"code":"NoIdInRequest","message":"CredentialsV2Request: No Credential ID in the request","HTTPErrorCode":400}`, w.Body.String(), path)
	}
}

// TestNothingIsServedToStrangers: what isn't known can't be asked for, and
// nothing of a stopped task is left.
func TestNothingIsServedToStrangers(t *testing.T) {
	a, env := registered(t)
	other, _ := registered(t)
	v4 := strings.TrimPrefix(env["ECS_CONTAINER_METADATA_URI_V4"], agent.LinkLocal)
	paths := []string{v4, v4 + "/task", v4 + "/stats", env["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"],
		strings.TrimPrefix(env["ECS_AGENT_URI"], agent.LinkLocal) + "/task-protection/v1/state", "/endpoint/0", "/"}
	a.Forget(taskARN)
	for _, path := range paths {
		for _, a := range []*agent.Agent{a, other} {
			w := get(a, path)
			assert.GreaterOrEqual(t, w.Code, 400, path)
			assert.Less(t, w.Code, 500, path)
		}
	}
}

// TestOtherTasksAreRefused, by the address of their network interface.
func TestOtherTasksAreRefused(t *testing.T) {
	a, env := registered(t)
	bridge := newTask()
	bridge.ARN, bridge.NetworkMode = taskARN+"b", types.NetworkModeBridge
	theirs := map[string]string{}
	for _, v := range a.Register(bridge).Env["app"] {
		theirs[v.Name] = v.Value
	}
	for _, name := range []string{"ECS_CONTAINER_METADATA_URI", "ECS_CONTAINER_METADATA_URI_V4", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"} {
		for ip, want := range map[string]bool{"10.0.1.7": true, "127.0.0.1": true, "10.0.1.8": false, "172.17.0.3": false} {
			assert.Equal(t, want, getFrom(a, ip, env[name]).Code == http.StatusOK, "%s from %s", name, ip)
		}
		for ip, want := range map[string]bool{"10.0.1.7": false, "127.0.0.1": true, "172.17.0.3": true} {
			assert.Equal(t, want, getFrom(a, ip, theirs[name]).Code == http.StatusOK, "%s of a bridge task from %s", name, ip)
		}
	}
	assert.Equal(t, http.StatusNotFound, getFrom(a, "10.0.1.8", env["ECS_AGENT_URI"]+"/task-protection/v1/state").Code)
}

func TestEndpointPassesOn(t *testing.T) {
	api := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = w.Write([]byte(r.URL.Path)) })
	a := agent.New(agent.Config{Sessions: new(sts.Sessions), API: api})
	require.NoError(t, a.Listen(agent.Place{Forwards: true}))
	t.Cleanup(func() { assert.NoError(t, a.Close(context.Background())) })
	access := a.Register(newTask())
	var url string
	for _, v := range access.Env["app"] {
		if v.Name == "AWS_ENDPOINT_URL" {
			url = v.Value
		}
	}
	assert.Regexp(t, `^http://169\.254\.170\.2/endpoint/`, url)
	assert.Regexp(t, `^127\.0\.0\.1:\d+$`, access.Address)
	assert.Equal(t, "/", get(a, url).Body.String())
	assert.Equal(t, "/", get(a, url+"/").Body.String())
	assert.Equal(t, "/_x/y", get(a, url+"/_x/y").Body.String())
}
