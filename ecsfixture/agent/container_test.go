package agent_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/server"
)

// in changes the state of a task.
func in(change func(*server.AgentState)) func(*server.AgentTask) {
	return func(t *server.AgentTask) {
		state := t.State()
		change(&state)
		t.State = func() server.AgentState { return state }
	}
}

// object reads the JSON that a URL answers with.
func object(t *testing.T, a http.Handler, url string) (out map[string]any) {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, url, nil)
	r.RemoteAddr = "10.0.1.7:4711"
	w := httptest.NewRecorder()
	a.ServeHTTP(w, r)
	require.Equal(t, http.StatusOK, w.Code)
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &out))
	return out
}

// TestLeastCPU: a container that asks for none has two shares.
func TestLeastCPU(t *testing.T) {
	a, env := registered(t, in(func(s *server.AgentState) { s.Task.Containers[0].Cpu = aws.String("0") }))
	assert.Equal(t, map[string]any{"CPU": 2.0}, object(t, a, env["ECS_CONTAINER_METADATA_URI_V4"])["Limits"])
}

// TestLogOptionsThatAreSecrets are not shown, all of them or some.
func TestLogOptionsThatAreSecrets(t *testing.T) {
	a, env := registered(t, in(func(s *server.AgentState) {
		s.Definition.ContainerDefinitions[0].LogConfiguration.Options = nil
	}))
	assert.Equal(t, map[string]any{"awslogs-stream": "c0ffee"}, object(t, a, env["ECS_CONTAINER_METADATA_URI_V4"])["LogOptions"])
}

// TestHealthInMetadata has what is known of the last check.
func TestHealthInMetadata(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 9, 0, time.UTC)
	for status, want := range map[types.HealthStatus]map[string]any{
		types.HealthStatusUnknown:   {},
		types.HealthStatusUnhealthy: {"status": "UNHEALTHY", "statusSince": "2026-01-02T03:04:09Z", "exitCode": 3.0, "output": "no"},
	} {
		a, env := registered(t, in(func(s *server.AgentState) {
			s.Task.Containers[0].HealthStatus = status
			if app := s.Containers["app"]; status == types.HealthStatusUnhealthy {
				app.Health = runtime.Event{Kind: runtime.Health, At: at, ExitCode: 3, Output: "no"}
				s.Containers["app"] = app
			}
		}))
		assert.Equal(t, want, object(t, a, env["ECS_CONTAINER_METADATA_URI_V4"])["Health"])
	}
}

// TestAddressOfPorts is told by version 4 alone.
func TestAddressOfPorts(t *testing.T) {
	a, env := registered(t, in(func(s *server.AgentState) {
		s.Task.Containers[0].NetworkBindings = []types.NetworkBinding{{
			BindIP: aws.String("0.0.0.0"), ContainerPort: aws.Int32(80), HostPort: aws.Int32(32768), Protocol: types.TransportProtocolTcp,
		}}
	}))
	port := map[string]any{"ContainerPort": 80.0, "HostPort": 32768.0, "Protocol": "tcp"}
	assert.Equal(t, []any{port}, object(t, a, env["ECS_CONTAINER_METADATA_URI"])["Ports"])
	port["HostIp"] = "0.0.0.0"
	assert.Equal(t, []any{port}, object(t, a, env["ECS_CONTAINER_METADATA_URI_V4"])["Ports"])
}

// TestStoppedSibling is told of like one that runs, and has no statistics.
func TestStoppedSibling(t *testing.T) {
	ended := time.Date(2026, 1, 2, 3, 4, 9, 0, time.UTC)
	a, env := registered(t, func(t *server.AgentTask) { t.Containers = append(t.Containers, "init") }, in(func(s *server.AgentState) {
		s.Task.Containers = append(s.Task.Containers, types.Container{
			Name: aws.String("init"), RuntimeId: aws.String("dead"), LastStatus: aws.String("STOPPED"), ExitCode: aws.Int32(0),
		})
		s.Definition.ContainerDefinitions = append(s.Definition.ContainerDefinitions, types.ContainerDefinition{Name: aws.String("init")})
		s.Containers["init"] = server.AgentContainer{Container: &engine{id: "dead"}, FinishedAt: ended}
	}))
	all := object(t, a, env["ECS_CONTAINER_METADATA_URI_V4"]+"/task")["Containers"].([]any)
	require.Len(t, all, 2)
	init := all[1].(map[string]any)
	assert.Equal(t, []any{"dead", "STOPPED", 0.0, "2026-01-02T03:04:09Z"}, []any{init["DockerId"], init["KnownStatus"], init["ExitCode"], init["FinishedAt"]})
	stats := object(t, a, env["ECS_CONTAINER_METADATA_URI_V4"]+"/task/stats")
	assert.Contains(t, stats, "dead")
	assert.Nil(t, stats["dead"])
}

// TestKnownStatusOfATask that doesn't run yet is that of its slowest
// container, one that waits for another.
func TestKnownStatusOfATask(t *testing.T) {
	for name, late := range map[string]server.AgentContainer{"NONE": {ImageID: "sha256:2"}, "CREATED": {Container: &engine{id: "late"}}} {
		a, env := registered(t, func(t *server.AgentTask) { t.Containers = append(t.Containers, "late") }, in(func(s *server.AgentState) {
			s.Task.LastStatus = aws.String("ACTIVATING")
			s.Task.Containers = append(s.Task.Containers, types.Container{Name: aws.String("late"), LastStatus: aws.String("PENDING")})
			s.Containers["late"] = late
		}))
		assert.Equal(t, name, object(t, a, env["ECS_CONTAINER_METADATA_URI_V4"]+"/task")["KnownStatus"])
	}
}
