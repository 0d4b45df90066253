package events_test

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/events"
)

var update = flag.Bool("update", false, "write the golden files")

const (
	account = "111122223333"
	region  = "us-west-2"
	prefix  = "arn:aws:ecs:us-west-2:111122223333:"
	cluster = prefix + "cluster/default"
	task1   = prefix + "task/default/11111111111111111111111111111111"
	task2   = prefix + "task/default/22222222222222222222222222222222"
	web     = prefix + "service/default/web"
)

func fullTask(at time.Time) types.Task {
	return types.Task{
		TaskArn: aws.String(task1), ClusterArn: aws.String(cluster),
		TaskDefinitionArn: aws.String(prefix + "task-definition/web:3"),
		Attachments: []types.Attachment{{
			Id: aws.String("1789bcae-ddfb-4d10-8ebe-8ac87ddba5b8"), Type: aws.String("ElasticNetworkInterface"),
			Status:  aws.String("ATTACHED"),
			Details: []types.KeyValuePair{{Name: aws.String("privateIPv4Address"), Value: aws.String("10.0.0.139")}},
		}},
		AvailabilityZone: aws.String("us-west-2c"),
		Connectivity:     types.ConnectivityConnected, ConnectivityAt: aws.Time(at.Add(-time.Second)),
		Containers: []types.Container{{
			ContainerArn: aws.String(prefix + "container/default/11111111111111111111111111111111/cf159fd6-3e3f-4a9e-84f9-66cbe726af01"),
			Name:         aws.String("app"), TaskArn: aws.String(task1), LastStatus: aws.String("STOPPED"),
			Image: aws.String("nginx:<1>"), Cpu: aws.String("0"), ExitCode: aws.Int32(1), HealthStatus: types.HealthStatusUnhealthy,
			NetworkInterfaces: []types.NetworkInterface{{
				AttachmentId: aws.String("1789bcae-ddfb-4d10-8ebe-8ac87ddba5b8"), PrivateIpv4Address: aws.String("10.0.0.139"),
			}},
		}},
		Cpu: aws.String("256"), Memory: aws.String("512"), LaunchType: types.LaunchTypeFargate,
		CreatedAt: aws.Time(at.Add(-3 * time.Second)), StartedAt: aws.Time(at.Add(-1500 * time.Millisecond)),
		StoppingAt: aws.Time(at), DesiredStatus: aws.String("STOPPED"), LastStatus: aws.String("DEPROVISIONING"),
		Group: aws.String("service:web"), StartedBy: aws.String("ecs-svc/1234567890123456789"),
		HealthStatus:  types.HealthStatusUnhealthy,
		Overrides:     &types.TaskOverride{ContainerOverrides: []types.ContainerOverride{{Name: aws.String("app")}}},
		StopCode:      types.TaskStopCodeEssentialContainerExited,
		StoppedReason: aws.String("Essential container in task exited"),
		Tags:          []types.Tag{{Key: aws.String("a"), Value: aws.String("b")}},
		Version:       7,
	}
}

func instance() types.ContainerInstance {
	return types.ContainerInstance{
		ContainerInstanceArn: aws.String(prefix + "container-instance/default/33333333333333333333333333333333"),
		Ec2InstanceId:        aws.String("i-0123456789abcdef0"), Status: aws.String("ACTIVE"), AgentConnected: true,
		RegisteredAt: aws.Time(time.Date(2020, 1, 23, 17, 57, 34, 402e6, time.UTC)),
		Attributes:   []types.Attribute{{Name: aws.String("ecs.os-type"), Value: aws.String("linux")}},
		RemainingResources: []types.Resource{
			{Name: aws.String("CPU"), Type: aws.String("INTEGER"), IntegerValue: 1024},
		},
		VersionInfo: &types.VersionInfo{AgentVersion: aws.String("1.96.0")}, Version: 4,
	}
}

// TestEventsAreThoseOfEventBridge compares each kind with a golden file, but
// for the ID.
func TestEventsAreThoseOfEventBridge(t *testing.T) {
	for name, tell := range map[string]func(*events.Source){
		"task": func(s *events.Source) { s.TaskChanged(fullTask(time.Now())) },
		"action": func(s *events.Source) {
			s.ServiceActed(web, time.Now(), events.ServiceDetail{
				EventType: events.Info, EventName: "SERVICE_STEADY_STATE", ClusterARN: cluster,
			})
		},
		"placement": func(s *events.Source) {
			s.ServiceActed(web, time.Now(), events.ServiceDetail{
				EventType: events.Error, EventName: "SERVICE_TASK_PLACEMENT_FAILURE", ClusterARN: cluster, Reason: "RESOURCE:CPU",
			})
		},
		"deployment": func(s *events.Source) {
			s.DeploymentChanged(web, time.Now(), events.ServiceDetail{
				EventType: events.Info, EventName: "SERVICE_DEPLOYMENT_COMPLETED", ClusterARN: cluster,
				DeploymentID: "ecs-svc/1234567890123456789", Reason: "ECS deployment ecs-svc/1234567890123456789 completed.",
			})
		},
		"instance": func(s *events.Source) { s.ContainerInstanceChanged(instance()) },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				time.Sleep(12*time.Hour + 250*time.Millisecond)
				l := events.NewLog()
				tell(l.Source(account, region))
				golden(t, name, l.Events()[0])
			})
		})
	}
}

func golden(t *testing.T, name string, e events.Event) {
	t.Helper()
	assert.Regexp(t, `^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`, e.ID)
	e.ID = "00000000-0000-0000-0000-000000000000"
	got, err := json.MarshalIndent(e, "", "  ")
	require.NoError(t, err)
	file := filepath.Join("testdata", name+".json")
	if *update {
		require.NoError(t, os.WriteFile(file, append(got, '\n'), 0o644))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, string(want), string(got)+"\n")
}

func TestDetailsAreTyped(t *testing.T) {
	l := events.NewLog()
	s := l.Source(account, region)
	s.TaskChanged(types.Task{TaskArn: aws.String(task1), HealthStatus: types.HealthStatusHealthy, Version: 2})
	s.ServiceActed(web, time.Now(), events.ServiceDetail{EventName: "TASKS_STARTED", TaskARNs: []string{task1}})
	s.ContainerInstanceChanged(instance())
	all := l.Events()

	task, ok := all[0].Task()
	assert.True(t, ok)
	assert.Equal(t, types.HealthStatusHealthy, task.HealthStatus, "the snapshot has more than the JSON")
	_, ok = all[0].Service()
	assert.False(t, ok)

	detail, ok := all[1].Service()
	assert.True(t, ok)
	assert.Equal(t, []string{task1}, detail.TaskARNs)
	_, ok = all[1].Task()
	assert.False(t, ok)

	i, ok := all[2].ContainerInstance()
	assert.True(t, ok)
	assert.Equal(t, int64(4), i.Version)
}

// An event that was read from JSON, for instance by the receiver of a POST,
// still has the details of a service.
func TestEventSurvivesJSON(t *testing.T) {
	l := events.NewLog()
	l.Source(account, region).ServiceActed(web, time.Now(), events.ServiceDetail{EventName: "TASKS_STOPPED"})
	b, err := json.Marshal(l.Events()[0])
	require.NoError(t, err)
	var e events.Event
	require.NoError(t, json.Unmarshal(b, &e))
	detail, ok := e.Service()
	assert.True(t, ok)
	assert.Equal(t, "TASKS_STOPPED", detail.EventName)
}
