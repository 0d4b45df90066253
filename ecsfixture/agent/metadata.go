package agent

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/server"
)

// version is a version of the task metadata endpoint.
type version string

const (
	v2 version = "v2"
	v3 version = "v3"
	v4 version = "v4"
)

// query is a request of a container about its task.
type query struct {
	version version
	from    *container // nil in version 2, which knows the task only
	task    *task
	state   server.AgentState
	tags    bool
}

// ofContainer finds whose path it is.
func (a *Agent) ofContainer(v version, serve func(http.ResponseWriter, *http.Request, query)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		c, ok := a.find(r, r.PathValue("id"))
		if !ok {
			reply(w, http.StatusNotFound, fmt.Sprintf(msgContainer, strings.TrimPrefix(string(v), "v"), r.PathValue("id")))
			return
		}
		c.source.note(r)
		serve(w, r, query{version: v, from: c, task: c.task, state: c.task.State()})
	}
}

func (a *Agent) container(w http.ResponseWriter, _ *http.Request, q query) {
	reply(w, http.StatusOK, q.container(q.from.name))
}

func (a *Agent) task(w http.ResponseWriter, _ *http.Request, q query) {
	reply(w, http.StatusOK, q.reply())
}

func (a *Agent) taskWithTags(w http.ResponseWriter, _ *http.Request, q query) {
	q.tags = true
	reply(w, http.StatusOK, q.reply())
}

// There are no associations but Elastic Inference accelerators, which no
// longer exist.
func (a *Agent) associations(w http.ResponseWriter, _ *http.Request, _ query) {
	reply(w, http.StatusOK, struct{ Associations []string }{[]string{}})
}

func (a *Agent) association(w http.ResponseWriter, r *http.Request, _ query) {
	reply(w, http.StatusNotFound, fmt.Sprintf(msgAssociation, r.PathValue("name"), r.PathValue("type")))
}

// taskReply is a task in the metadata.
type taskReply struct {
	Cluster                 string
	TaskARN                 string
	Family                  string
	Revision                string
	DesiredStatus           string `json:",omitempty"`
	KnownStatus             string
	Containers              []containerReply  `json:",omitempty"`
	Limits                  *taskLimits       `json:",omitempty"`
	PullStartedAt           *time.Time        `json:",omitempty"`
	PullStoppedAt           *time.Time        `json:",omitempty"`
	ExecutionStoppedAt      *time.Time        `json:",omitempty"`
	AvailabilityZone        string            `json:",omitempty"`
	TaskTags                map[string]string `json:",omitempty"`
	ContainerInstanceTags   map[string]string `json:",omitempty"`
	LaunchType              string            `json:",omitempty"`
	ServiceName             string            `json:",omitempty"`
	ClockDrift              *clockDrift       `json:",omitempty"`
	EphemeralStorageMetrics *storageMetrics   `json:",omitempty"`
	FaultInjectionEnabled   *bool             `json:",omitempty"`
}

type taskLimits struct {
	CPU    float64 `json:",omitempty"` // vCPUs
	Memory int64   `json:",omitempty"` // MiB
}

type clockDrift struct {
	ClockErrorBound            float64
	ReferenceTimestamp         time.Time
	ClockSynchronizationStatus string
}

type storageMetrics struct{ Utilized, Reserved int64 } // MiB

// reply words the task.
//
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-metadata-endpoint-v4-response.html
func (q query) reply() taskReply {
	t, def := q.state.Task, q.state.Definition
	out := taskReply{
		Cluster: q.cluster(), TaskARN: deref(t.TaskArn),
		Family: deref(def.Family), Revision: fmt.Sprint(def.Revision),
		DesiredStatus: deref(t.DesiredStatus), KnownStatus: q.knownStatus(),
		Limits:        limitsOf(t),
		PullStartedAt: utcOf(t.PullStartedAt), PullStoppedAt: utcOf(t.PullStoppedAt),
		ExecutionStoppedAt: utcOf(t.ExecutionStoppedAt),
		AvailabilityZone:   deref(t.AvailabilityZone),
	}
	for _, c := range q.task.containers {
		out.Containers = append(out.Containers, q.container(c.name))
	}
	if q.tags {
		out.TaskTags, out.ContainerInstanceTags = tagMap(t.Tags), tagMap(q.state.InstanceTags)
	}
	if q.version == v4 {
		q.addV4(&out)
	}
	return out
}

// addV4 adds what version 4 has more.
func (q query) addV4(out *taskReply) {
	t := q.state.Task
	out.LaunchType = string(t.LaunchType)
	out.FaultInjectionEnabled = &q.task.FaultInjectionEnabled
	if name, ok := strings.CutPrefix(deref(t.Group), "service:"); ok {
		out.ServiceName = name
	}
	if t.LaunchType != types.LaunchTypeFargate {
		return
	}
	out.ClockDrift = &clockDrift{ReferenceTimestamp: time.Now().UTC(), ClockSynchronizationStatus: "SYNCHRONIZED"}
	if t.EphemeralStorage != nil {
		out.EphemeralStorageMetrics = &storageMetrics{Reserved: int64(t.EphemeralStorage.SizeInGiB) * 1024}
	}
}

// cluster is the short name on EC2, the ARN on Fargate.
func (q query) cluster() string {
	if q.task.LaunchType == types.LaunchTypeFargate {
		return deref(q.state.Task.ClusterArn)
	}
	return q.task.Cluster
}

// knownStatus is the agent's word for a task's lastStatus. Before it runs, it
// is that of its slowest container.
func (q query) knownStatus() string {
	switch deref(q.state.Task.LastStatus) {
	case "RUNNING", "DEACTIVATING", "STOPPING":
		return "RUNNING"
	case "DEPROVISIONING", "STOPPED":
		return "STOPPED"
	}
	for _, c := range q.task.containers {
		if status := q.member(c.name).knownStatus(); status == "NONE" || status == "PULLED" {
			return "NONE"
		}
	}
	return "CREATED"
}

func limitsOf(t types.Task) *taskLimits {
	cpu, memory := number(t.Cpu), number(t.Memory)
	if cpu == 0 && memory == 0 {
		return nil
	}
	return &taskLimits{CPU: float64(cpu) / 1024, Memory: memory}
}

func tagMap(tags []types.Tag) map[string]string {
	out := map[string]string{}
	for _, t := range tags {
		out[deref(t.Key)] = deref(t.Value)
	}
	return out
}
