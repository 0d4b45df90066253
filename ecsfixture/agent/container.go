package agent

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/server"
)

// containerReply is a container in the metadata.
type containerReply struct {
	DockerId      string
	Name          string
	DockerName    string
	Image         string
	ImageID       string
	Ports         []portReply       `json:",omitempty"`
	Labels        map[string]string `json:",omitempty"`
	DesiredStatus string
	KnownStatus   string
	ExitCode      *int32 `json:",omitempty"`
	Limits        containerLimits
	CreatedAt     *time.Time `json:",omitempty"`
	StartedAt     *time.Time `json:",omitempty"`
	FinishedAt    *time.Time `json:",omitempty"`
	Type          string
	Networks      []networkReply    `json:",omitempty"`
	Health        *healthReply      `json:",omitempty"`
	Volumes       []volumeReply     `json:",omitempty"`
	LogDriver     string            `json:",omitempty"`
	LogOptions    map[string]string `json:",omitempty"`
	ContainerARN  string            `json:",omitempty"`
	RestartCount  *int              `json:",omitempty"`
}

type portReply struct {
	ContainerPort int32
	Protocol      string
	HostPort      int32  `json:",omitempty"`
	HostIp        string `json:",omitempty"`
}

type containerLimits struct {
	CPU    int64 // shares
	Memory int64 `json:",omitempty"` // MiB
}

// minCPU are the shares of a container that asks for fewer, or for none.
const minCPU = 2

type healthReply struct {
	Status   string     `json:"status,omitempty"`
	Since    *time.Time `json:"statusSince,omitempty"`
	ExitCode int        `json:"exitCode,omitempty"`
	Output   string     `json:"output,omitempty"`
}

type volumeReply struct {
	DockerName  string `json:",omitempty"`
	Source      string `json:",omitempty"`
	Destination string
}

// member is all that is known of a container.
type member struct {
	query
	api types.Container
	def types.ContainerDefinition
	run server.AgentContainer
}

func (q query) member(name string) member {
	m := member{query: q, run: q.state.Containers[name]}
	for _, c := range q.state.Task.Containers {
		if deref(c.Name) == name {
			m.api = c
		}
	}
	for _, d := range q.state.Definition.ContainerDefinitions {
		if deref(d.Name) == name {
			m.def = d
		}
	}
	return m
}

// container words a container.
func (q query) container(name string) containerReply {
	m := q.member(name)
	out := containerReply{
		DockerId: deref(m.api.RuntimeId), Name: name, DockerName: m.dockerName(),
		Image: deref(m.api.Image), ImageID: m.run.ImageID,
		Ports: m.ports(), Labels: m.labels(),
		DesiredStatus: deref(q.state.Task.DesiredStatus), KnownStatus: m.knownStatus(),
		ExitCode:  m.api.ExitCode,
		Limits:    containerLimits{max(number(m.api.Cpu), minCPU), number(m.api.Memory)},
		CreatedAt: utc(m.run.CreatedAt), StartedAt: utc(m.run.StartedAt), FinishedAt: m.finishedAt(),
		Type: "NORMAL", Networks: m.networks(), Health: m.health(), Volumes: m.volumes(),
	}
	if q.version == v4 {
		m.addV4(&out)
	}
	return out
}

// addV4 adds what version 4 has more.
func (m member) addV4(out *containerReply) {
	out.ContainerARN = deref(m.api.ContainerArn)
	if l := m.def.LogConfiguration; l != nil {
		out.LogDriver, out.LogOptions = string(l.LogDriver), m.logOptions(l)
	}
	if p := m.def.RestartPolicy; p != nil && deref(p.Enabled) {
		out.RestartCount = &m.run.Restarts
	}
}

// logOptions never has secretOptions. The stream is where the lines go.
func (m member) logOptions(l *types.LogConfiguration) map[string]string {
	options := maps.Clone(l.Options)
	if l.LogDriver != types.LogDriverAwslogs {
		return options
	}
	if options == nil { // all of them are secretOptions
		options = map[string]string{}
	}
	options["awslogs-stream"] = deref(m.api.RuntimeId)
	if prefix := options["awslogs-stream-prefix"]; prefix != "" {
		options["awslogs-stream"] = prefix + "/" + deref(m.api.Name) + "/" + m.task.ID
	}
	delete(options, "awslogs-stream-prefix")
	return options
}

// dockerName is the form of the agent; on Fargate it is the name alone.
func (m member) dockerName() string {
	name := deref(m.api.Name)
	if m.task.LaunchType == types.LaunchTypeFargate {
		return name
	}
	return fmt.Sprintf("ecs-%s-%d-%s-%s", deref(m.state.Definition.Family), m.state.Definition.Revision, name, m.task.ID[:20])
}

func (m member) labels() map[string]string {
	def := m.state.Definition
	labels := map[string]string{
		"com.amazonaws.ecs.cluster":                 m.cluster(),
		"com.amazonaws.ecs.task-arn":                m.task.ARN,
		"com.amazonaws.ecs.task-definition-family":  deref(def.Family),
		"com.amazonaws.ecs.task-definition-version": strconv.Itoa(int(def.Revision)),
		"com.amazonaws.ecs.container-name":          deref(m.api.Name),
	}
	maps.Copy(labels, m.def.DockerLabels)
	return labels
}

func (m member) ports() (out []portReply) {
	for _, b := range m.api.NetworkBindings {
		port := portReply{ContainerPort: deref(b.ContainerPort), Protocol: string(b.Protocol), HostPort: deref(b.HostPort)}
		if m.version == v4 {
			port.HostIp = deref(b.BindIP)
		}
		out = append(out, port)
	}
	if len(out) > 0 {
		return out
	}
	for _, p := range m.def.PortMappings {
		protocol := string(p.Protocol)
		if protocol == "" {
			protocol = "tcp"
		}
		out = append(out, portReply{ContainerPort: deref(p.ContainerPort), Protocol: protocol})
	}
	return out
}

// knownStatus is the agent's word for a container's lastStatus.
func (m member) knownStatus() string {
	switch status := deref(m.api.LastStatus); {
	case status != "PENDING":
		return status
	case m.run.Container != nil:
		return "CREATED"
	case m.run.ImageID != "":
		return "PULLED"
	}
	return "NONE"
}

// finishedAt is absent while the container runs, again or still.
func (m member) finishedAt() *time.Time {
	if deref(m.api.LastStatus) != "STOPPED" {
		return nil
	}
	return utc(m.run.FinishedAt)
}

// health has no status until there is one.
func (m member) health() *healthReply {
	if h := m.def.HealthCheck; h == nil || len(h.Command) == 0 || h.Command[0] == "NONE" {
		return nil
	}
	out := healthReply{string(m.api.HealthStatus), utc(m.run.Health.At), m.run.Health.ExitCode, m.run.Health.Output}
	if m.api.HealthStatus == types.HealthStatusUnknown {
		out.Status = ""
	}
	return &out
}

func (m member) volumes() (out []volumeReply) {
	for _, p := range m.def.MountPoints {
		v := volumeReply{DockerName: deref(p.SourceVolume), Destination: deref(p.ContainerPath)}
		i := slices.IndexFunc(m.state.Definition.Volumes, func(v types.Volume) bool { return deref(v.Name) == deref(p.SourceVolume) })
		if i >= 0 && m.state.Definition.Volumes[i].Host != nil {
			v.Source = deref(m.state.Definition.Volumes[i].Host.SourcePath)
		}
		out = append(out, v)
	}
	return out
}

func number(s *string) int64 {
	n, _ := strconv.ParseInt(deref(s), 10, 64)
	return n
}
