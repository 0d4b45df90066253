package ecsfixture

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/aws/smithy-go"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/internal/awsjson"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/logs"
)

// InspectPath is the prefix of what the endpoint serves about itself, for
// tests that aren't written in Go: see GET /_ecsfixture/.
const InspectPath = "/_ecsfixture/"

// inspection is a request under [InspectPath]; GET looks, POST changes.
type inspection struct {
	pattern, about string
	serve          func(*Fixture, *http.Request) (any, error)
}

// inspections are filled in by init, because index tells of them.
var inspections []inspection

func init() {
	inspections = []inspection{
		{"GET " + InspectPath + "{$}", "this list", (*Fixture).index},
		{"GET /health", "200 once requests are answered", (*Fixture).health},
		{"GET " + InspectPath + "clusters", "all clusters, deleted ones too", (*Fixture).inspectClusters},
		{"GET " + InspectPath + "tasks", "all tasks", (*Fixture).inspectTasks},
		{"GET " + InspectPath + "tasks/{id}", "a task", (*Fixture).inspectTask},
		{"GET " + InspectPath + "tasks/{id}/timeline", "the steps of its life", (*Fixture).inspectTimeline},
		{"GET " + InspectPath + "tasks/{id}/story", "its life in a screenful of text", (*Fixture).inspectStory},
		{"GET " + InspectPath + "tasks/{id}/logs", "its lines; ?container=", (*Fixture).inspectLogs},
		{"GET " + InspectPath + "logs", "the lines of all containers; ?container=", (*Fixture).inspectLogs},
		{"GET " + InspectPath + "services", "all services", (*Fixture).inspectServices},
		{"GET " + InspectPath + "services/{cluster}/{name}/story", "its deployments and events in a screenful of text", (*Fixture).inspectServiceStory},
		{"GET " + InspectPath + "target-groups", "the target groups, their URLs and targets", (*Fixture).inspectTargetGroups},
		{"POST " + InspectPath + "alarms/{name}/on", "switches a CloudWatch alarm on", (*Fixture).inspectAlarmOn},
		{"POST " + InspectPath + "alarms/{name}/off", "switches it off", (*Fixture).inspectAlarmOff},
		{"GET " + InspectPath + "events", "what ECS would tell EventBridge", (*Fixture).inspectEvents},
		{"POST " + InspectPath + "tasks/{id}/stop", "stops it; ?reason=", (*Fixture).inspectStop},
		{"POST " + InspectPath + "tasks/{id}/fail", "kills a container of it; ?container=", (*Fixture).inspectFail},
		{"POST " + InspectPath + "tasks/{id}/unhealthy", "lets a container's health check fail; ?container=", (*Fixture).inspectUnhealthy},
		{"POST " + InspectPath + "tasks/{id}/healthy", "lets it pass; ?container=", (*Fixture).inspectHealthy},
		{"POST " + InspectPath + "operations/{name}/fail", "lets a later call fail; ?call=1&code=&message=", (*Fixture).inspectFault},
		{"POST " + InspectPath + "reset", "forgets tasks, services, clusters, task definitions", (*Fixture).inspectReset},
	}
}

// inspect adds the inspections to mux.
func (fx *Fixture) inspect(mux *http.ServeMux) {
	for _, i := range inspections {
		mux.HandleFunc(i.pattern, func(w http.ResponseWriter, r *http.Request) {
			out, err := i.serve(fx, r)
			if err != nil {
				tell(w, statusOf(err), map[string]string{"error": err.Error()})
				return
			}
			tell(w, http.StatusOK, out)
		})
	}
	mux.HandleFunc(InspectPath, func(w http.ResponseWriter, r *http.Request) {
		tell(w, http.StatusNotFound, map[string]string{"error": fmt.Sprintf("there is no %s %s; GET %s lists what there is", r.Method, r.URL.Path, InspectPath)})
	})
}

// unknown is what is asked about but isn't there.
type unknown string

func (what unknown) Error() string { return string(what) + " is not known" }

func statusOf(err error) int {
	if _, ok := err.(unknown); ok {
		return http.StatusNotFound
	}
	return http.StatusBadRequest
}

// tell writes v: text as it is, everything else as JSON.
func tell(w http.ResponseWriter, status int, v any) {
	kind, body := "text/plain; charset=utf-8", new(bytes.Buffer)
	if text, ok := v.(string); ok {
		body.WriteString(text)
	} else {
		kind = "application/json"
		to := json.NewEncoder(body)
		to.SetEscapeHTML(false)
		to.SetIndent("", "  ")
		_ = to.Encode(v) // of types that can be
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Length", strconv.Itoa(body.Len()))
	w.WriteHeader(status)
	_, _ = body.WriteTo(w) // a client that went away needs no answer
}

// done answers a POST.
var done = map[string]string{"status": "ok"}

func (fx *Fixture) index(*http.Request) (any, error) {
	list := map[string]string{}
	for _, i := range inspections {
		list[strings.TrimSuffix(i.pattern, "{$}")] = i.about
	}
	return list, nil
}

func (fx *Fixture) health(*http.Request) (any, error) {
	return map[string]string{"status": "ok", "region": fx.Region, "account": fx.Account}, nil
}

func (fx *Fixture) inspectClusters(*http.Request) (any, error) {
	out := &ecs.DescribeClustersOutput{Clusters: []types.Cluster{}}
	for _, z := range fx.allZones() {
		out.Clusters = append(out.Clusters, z.ecs.Clusters()...)
	}
	return json.RawMessage(awsjson.Marshal(out)), nil
}

func (fx *Fixture) inspectTasks(*http.Request) (any, error) {
	out := &ecs.DescribeTasksOutput{Tasks: []types.Task{}}
	for _, z := range fx.allZones() {
		out.Tasks = append(out.Tasks, z.ecs.Tasks()...)
	}
	return json.RawMessage(awsjson.Marshal(out)), nil
}

// taskOf finds the task of a request by its id, in whatever zone it is.
func (fx *Fixture) taskOf(r *http.Request) (*zone, types.Task, error) {
	for _, z := range fx.allZones() {
		if t, ok := z.ecs.Task(r.PathValue("id")); ok {
			return z, t, nil
		}
	}
	return nil, types.Task{}, unknown("task " + r.PathValue("id"))
}

func (fx *Fixture) inspectTask(r *http.Request) (any, error) {
	_, t, err := fx.taskOf(r)
	return json.RawMessage(awsjson.Marshal(&t)), err
}

// step is a moment of a task's life in JSON.
type step struct {
	At     time.Time `json:"at"`
	Status string    `json:"status,omitempty"`
	Text   string    `json:"text,omitempty"`
}

func (fx *Fixture) inspectTimeline(r *http.Request) (any, error) {
	z, t, err := fx.taskOf(r)
	if err != nil {
		return nil, err
	}
	list := []step{}
	for _, s := range z.ecs.Timeline(*t.TaskArn) {
		list = append(list, step{s.At, s.Status, s.Text})
	}
	return list, nil
}

func (fx *Fixture) inspectStory(r *http.Request) (any, error) {
	_, t, err := fx.taskOf(r)
	if err != nil {
		return nil, err
	}
	return fx.Story(*t.TaskArn), nil
}

// line is a line of a container in JSON.
type line struct {
	Time      time.Time `json:"time"`
	TaskARN   string    `json:"taskArn"`
	Container string    `json:"container"`
	Stream    string    `json:"stream"`
	Text      string    `json:"text"`
}

func (fx *Fixture) inspectLogs(r *http.Request) (any, error) {
	var filter []logs.Filter
	if r.PathValue("id") != "" {
		_, t, err := fx.taskOf(r)
		if err != nil {
			return nil, err
		}
		filter = append(filter, logs.Task(*t.TaskArn))
	}
	if name := r.FormValue("container"); name != "" {
		filter = append(filter, logs.Container(name))
	}
	list := []line{}
	for _, l := range fx.Logs.Lines(filter...) {
		list = append(list, line{l.Time, l.TaskARN, l.Container, string(l.Stream), l.Text})
	}
	return list, nil
}

func (fx *Fixture) inspectEvents(*http.Request) (any, error) { return fx.Events.Events(), nil }

func (fx *Fixture) inspectStop(r *http.Request) (any, error) {
	z, t, err := fx.taskOf(r)
	if err != nil {
		return nil, err
	}
	in := &ecs.StopTaskInput{Cluster: t.ClusterArn, Task: t.TaskArn}
	if reason := r.FormValue("reason"); reason != "" {
		in.Reason = &reason
	}
	_, err = z.ecs.StopTask(r.Context(), in)
	return done, err
}

// containerOf is the container of a request, by default the task's first.
func containerOf(r *http.Request, t types.Task) string {
	if name := r.FormValue("container"); name != "" {
		return name
	}
	return *t.Containers[0].Name
}

func (fx *Fixture) inspectFail(r *http.Request) (any, error) {
	z, t, err := fx.taskOf(r)
	if err != nil {
		return nil, err
	}
	return done, z.ecs.Kill(r.Context(), *t.TaskArn, containerOf(r, t))
}

func (fx *Fixture) inspectHealthy(r *http.Request) (any, error)   { return fx.setHealth(r, true) }
func (fx *Fixture) inspectUnhealthy(r *http.Request) (any, error) { return fx.setHealth(r, false) }

func (fx *Fixture) setHealth(r *http.Request, healthy bool) (any, error) {
	z, t, err := fx.taskOf(r)
	if err != nil {
		return nil, err
	}
	return done, z.ecs.SetHealth(*t.TaskArn, containerOf(r, t), healthy)
}

func (fx *Fixture) inspectFault(r *http.Request) (any, error) {
	call, code := 1, r.FormValue("code")
	if n := r.FormValue("call"); n != "" {
		var err error
		if call, err = strconv.Atoi(n); err != nil || call < 1 {
			return nil, fmt.Errorf("call is %q; it must be a number from 1", n)
		}
	}
	if code == "" {
		code = "ServerException"
	}
	fx.Intercept(Fail(r.PathValue("name"), call, &smithy.GenericAPIError{Code: code, Message: r.FormValue("message"), Fault: faultOf(code)}))
	return done, nil
}

func faultOf(code string) smithy.ErrorFault {
	if code == "ServerException" || code == "InternalFailure" {
		return smithy.FaultServer
	}
	return smithy.FaultClient
}

func (fx *Fixture) inspectReset(r *http.Request) (any, error) { return done, fx.Reset(r.Context()) }
