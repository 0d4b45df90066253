package ecsfixture_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture"
)

// ask sends a request under the prefix of inspections.
func ask(t *testing.T, fx *ecsfixture.Fixture, method, path string) (status int, body string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, fx.URL+ecsfixture.InspectPath+path, nil)
	require.NoError(t, err)
	resp, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return resp.StatusCode, string(text)
}

func look(t *testing.T, fx *ecsfixture.Fixture, path string, into any) {
	t.Helper()
	status, body := ask(t, fx, http.MethodGet, path)
	require.Equal(t, http.StatusOK, status, body)
	require.NoError(t, json.Unmarshal([]byte(body), into), body)
}

func post(t *testing.T, fx *ecsfixture.Fixture, path string) {
	t.Helper()
	status, body := ask(t, fx, http.MethodPost, path)
	require.Equal(t, http.StatusOK, status, body)
}

func TestInspect(t *testing.T) {
	t.Parallel()
	fx := startSimulated(t)
	arn := run(t, fx, registerImage(t, fx, "fails"))
	fx.WaitTaskStopped(t, arn)
	id := arn[len(arn)-32:]

	var clusters struct {
		Clusters []struct{ ClusterName string }
	}
	look(t, fx, "clusters", &clusters)
	assert.Equal(t, "default", clusters.Clusters[0].ClusterName)
	var tasks struct {
		Tasks []struct{ TaskArn, StopCode string }
	}
	look(t, fx, "tasks", &tasks)
	assert.Equal(t, arn, tasks.Tasks[0].TaskArn)
	assert.Equal(t, "EssentialContainerExited", tasks.Tasks[0].StopCode)
	var task struct{ LastStatus string }
	look(t, fx, "tasks/"+id, &task)
	assert.Equal(t, "STOPPED", task.LastStatus)
	var steps []struct{ Status, Text string }
	look(t, fx, "tasks/"+id+"/timeline", &steps)
	assert.Equal(t, "STOPPED", steps[len(steps)-1].Status)
	for _, path := range []string{"tasks/" + id + "/logs", "logs?container=app"} {
		var lines []struct{ Container, Stream, Text string }
		look(t, fx, path, &lines)
		require.Len(t, lines, 1, path)
		assert.Equal(t, "no disk", lines[0].Text)
	}
	var events []map[string]any
	look(t, fx, "events", &events)
	assert.NotEmpty(t, events)
	_, story := ask(t, fx, http.MethodGet, "tasks/"+id+"/story")
	assert.Contains(t, story, "no disk")
	var index map[string]string
	look(t, fx, "", &index)
	assert.NotEmpty(t, index["GET /_ecsfixture/tasks"])
}

func TestInspectAllClusters(t *testing.T) {
	t.Parallel()
	fx := startSimulated(t)
	for i := range 120 {
		_, err := fx.ECS.CreateCluster(t.Context(), &ecs.CreateClusterInput{ClusterName: aws.String(fmt.Sprint("c", i))})
		require.NoError(t, err)
	}
	_, err := fx.ECS.DeleteCluster(t.Context(), &ecs.DeleteClusterInput{Cluster: aws.String("default")})
	require.NoError(t, err)
	var clusters struct {
		Clusters []struct{ ClusterName, Status string }
	}
	look(t, fx, "clusters", &clusters)
	assert.Len(t, clusters.Clusters, 121)
	assert.Equal(t, "default", clusters.Clusters[120].ClusterName)
	assert.Equal(t, "INACTIVE", clusters.Clusters[120].Status)
}

func TestInspectChangesTasks(t *testing.T) {
	t.Parallel()
	fx := startSimulated(t)
	healthy := func(d *types.ContainerDefinition) {
		d.HealthCheck = &types.HealthCheck{Command: []string{"CMD", "true"}}
	}
	td := registerImage(t, fx, "batch", healthy)
	arn := run(t, fx, td)
	fx.WaitTaskRunning(t, arn)
	id := arn[len(arn)-32:]
	post(t, fx, "tasks/"+id+"/healthy")
	fx.WaitTaskHealthy(t, arn)
	post(t, fx, "tasks/"+id+"/unhealthy?container=app")
	_, err := fx.AwaitTask(t.Context(), arn, func(t types.Task) bool { return t.HealthStatus == types.HealthStatusUnhealthy })
	require.NoError(t, err)
	post(t, fx, "tasks/"+id+"/fail")
	fx.AssertStopped(t, arn, types.TaskStopCodeEssentialContainerExited)

	second := run(t, fx, td)
	fx.WaitTaskRunning(t, second)
	post(t, fx, "tasks/"+second[len(second)-32:]+"/stop?reason=enough")
	assert.Equal(t, "enough", *fx.WaitTaskStopped(t, second).StoppedReason)

	post(t, fx, "operations/ListTasks/fail?code=ClientException&message=no")
	_, err = fx.ECS.ListTasks(t.Context(), &ecs.ListTasksInput{})
	var refused *types.ClientException
	require.ErrorAs(t, err, &refused)
	assert.Equal(t, "no", *refused.Message)
}

func TestInspectResets(t *testing.T) {
	t.Parallel()
	fx := startSimulated(t)
	fx.Secrets.Put("kept", "1")
	td := registerImage(t, fx, "batch")
	fx.WaitTaskRunning(t, run(t, fx, td))
	post(t, fx, "reset")
	_, err := fx.ECS.DescribeTaskDefinition(t.Context(), &ecs.DescribeTaskDefinitionInput{TaskDefinition: aws.String(td)})
	require.Error(t, err)
	out, err := fx.ECS.ListTasks(t.Context(), &ecs.ListTasksInput{})
	require.NoError(t, err)
	assert.Empty(t, out.TaskArns)
	fx.WaitTaskRunning(t, run(t, fx, registerImage(t, fx, "batch")))
	_, err = fx.Secrets.Resolve(t.Context(), fx.Secrets.Put("kept", "2"))
	require.NoError(t, err)
}

func TestInspectRefuses(t *testing.T) {
	t.Parallel()
	fx := startSimulated(t)
	for path, want := range map[string]int{"tasks/none": http.StatusNotFound, "nothing": http.StatusNotFound} {
		status, body := ask(t, fx, http.MethodGet, path)
		assert.Equal(t, want, status, body)
		assert.Contains(t, body, `"error"`)
	}
	status, _ := ask(t, fx, http.MethodPost, "operations/RunTask/fail?call=no")
	assert.Equal(t, http.StatusBadRequest, status)
}

// TestTheRootTellsWhatItIs to who looks at the URL, and to no client of AWS.
func TestTheRootTellsWhatItIs(t *testing.T) {
	t.Parallel()
	fx := startSimulated(t)
	resp, err := http.Get(fx.URL)
	require.NoError(t, err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	assert.Contains(t, string(text), "This is ecsfixture, an endpoint for clients of AWS. GET /_ecsfixture/ lists")
	resp, err = http.Get(fx.URL + "/?Action=Nothing")
	require.NoError(t, err)
	defer resp.Body.Close()
	assert.Equal(t, http.StatusBadRequest, resp.StatusCode)
}

func TestInspectServices(t *testing.T) {
	t.Parallel()
	fx := startSimulated(t)
	arn := behind(t, fx, fx.TargetGroup("web").ARN, registerImage(t, fx, "v1", publishing))
	fx.WaitServiceStable(t, arn)
	var services struct {
		Services []struct {
			ServiceArn   string
			RunningCount int
		}
	}
	look(t, fx, "services", &services)
	assert.Equal(t, arn, services.Services[0].ServiceArn)
	assert.Equal(t, 2, services.Services[0].RunningCount)
	_, story := ask(t, fx, http.MethodGet, "services/default/web/story")
	assert.Contains(t, story, "has reached a steady state.")
	status, _ := ask(t, fx, http.MethodGet, "services/default/none/story")
	assert.Equal(t, http.StatusNotFound, status)

	var groups []struct {
		TargetGroupArn, Name, URL string
		Targets                   []struct{ TaskArn, Address, State string }
	}
	look(t, fx, "target-groups", &groups)
	require.Len(t, groups, 1)
	assert.Equal(t, []string{fx.TargetGroup("web").ARN, "web"}, []string{groups[0].TargetGroupArn, groups[0].Name})
	assert.Equal(t, "healthy", groups[0].Targets[1].State)
	body, err := send(http.DefaultClient, groups[0].URL)
	require.NoError(t, err)
	assert.Contains(t, body, "container app (v1)")

	_, err = fx.ECS.UpdateService(t.Context(), &ecs.UpdateServiceInput{Service: aws.String("web"), TaskDefinition: aws.String(registerImage(t, fx, "v2", publishing)),
		DeploymentConfiguration: &types.DeploymentConfiguration{
			BakeTimeInMinutes: aws.Int32(10), Alarms: &types.DeploymentAlarms{AlarmNames: []string{"errors"}, Enable: true},
		}})
	require.NoError(t, err)
	post(t, fx, "alarms/errors/on")
	_, err = fx.AwaitService(t.Context(), arn, func(sv types.Service) bool {
		return sv.Deployments[0].RolloutState == types.DeploymentRolloutStateFailed
	})
	require.NoError(t, err)
	post(t, fx, "alarms/errors/off")
	http.DefaultClient.CloseIdleConnections()
}
