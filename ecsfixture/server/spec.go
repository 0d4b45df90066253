package server

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime"
)

// networkMode returns a definition's network mode; bridge is the default.
func networkMode(td *taskDefinition) types.NetworkMode {
	if td.def.NetworkMode == "" {
		return types.NetworkModeBridge
	}
	return td.def.NetworkMode
}

func isAWSVPC(td *taskDefinition) bool { return networkMode(td) == types.NetworkModeAwsvpc }

// taskSpec words the task for the runtime.
func (r *runner) taskSpec() runtime.TaskSpec {
	t, def := r.t, r.t.definition.def
	return runtime.TaskSpec{
		ID:          t.id,
		Labels:      taskLabels(t),
		NetworkMode: runtime.NetworkMode(networkMode(t.definition)),
		Ports:       taskPorts(t.definition),
		Volumes:     r.volumes(),
		PIDMode:     string(def.PidMode),
		IPCMode:     string(def.IpcMode),
		CPU:         number(t.api.Cpu),
		Memory:      number(t.api.Memory),
		Agent:       r.access.Address,
	}
}

// taskPorts are the container ports that a task's own interface publishes.
func taskPorts(td *taskDefinition) (ports []runtime.Port) {
	if !isAWSVPC(td) {
		return nil
	}
	for _, d := range td.def.ContainerDefinitions {
		for _, p := range portsOf(d) {
			ports = append(ports, runtime.Port{ContainerPort: p.ContainerPort, Protocol: p.Protocol})
		}
	}
	return ports
}

func number(s *string) int64 {
	n, _ := strconv.ParseInt(deref(s), 10, 64) // checked at registration
	return n
}

// taskLabels are the labels that the ECS agent puts on containers.
func taskLabels(t *task) map[string]string {
	return map[string]string{
		"com.amazonaws.ecs.cluster":                 t.cluster.name,
		"com.amazonaws.ecs.task-arn":                t.arn(),
		"com.amazonaws.ecs.task-definition-family":  *t.definition.def.Family,
		"com.amazonaws.ecs.task-definition-version": strconv.Itoa(int(t.definition.def.Revision)),
	}
}

// containerSpec words a container for the runtime, overrides applied.
func (r *runner) containerSpec(name string) runtime.ContainerSpec {
	p := r.containers[name]
	d, o := p.definition, overrideOf(r.t, name)
	spec := runtime.ContainerSpec{
		Name: name, Image: *d.Image,
		EntryPoint: d.EntryPoint, Command: d.Command,
		Env:  withAgent(r.inputs.env[name], r.access.Env[name]),
		User: deref(d.User), WorkingDir: deref(d.WorkingDirectory),
		CPU: int64(d.Cpu), Memory: int64(deref(d.Memory)), MemoryReservation: int64(deref(d.MemoryReservation)),
		Ports: portsOf(d), Health: healthCheck(d),
		Mounts: mounts(d.MountPoints), VolumesFrom: volumesFrom(d.VolumesFrom), Links: d.Links,
		DisableNetworking: deref(d.DisableNetworking), Hostname: deref(d.Hostname),
		DNSServers: d.DnsServers, DNSSearch: d.DnsSearchDomains, ExtraHosts: extraHosts(d.ExtraHosts),
		Ulimits: ulimits(d.Ulimits), Sysctls: sysctls(d.SystemControls), SecurityOptions: d.DockerSecurityOptions,
		Privileged: deref(d.Privileged), ReadonlyRoot: deref(d.ReadonlyRootFilesystem),
		TTY: deref(d.PseudoTerminal), Interactive: deref(d.Interactive), Linux: linuxParameters(d.LinuxParameters),
		Labels: r.containerLabels(d),
	}
	spec.Events = func(e runtime.Event) { r.box.put(func() { r.happened(name, e) }) }
	override(&spec, o)
	return spec
}

// override applies what RunTask says of one container.
func override(spec *runtime.ContainerSpec, o types.ContainerOverride) {
	if o.Command != nil {
		spec.Command = o.Command
	}
	if o.Cpu != nil {
		spec.CPU = int64(*o.Cpu)
	}
	if o.Memory != nil {
		spec.Memory = int64(*o.Memory)
	}
	if o.MemoryReservation != nil {
		spec.MemoryReservation = int64(*o.MemoryReservation)
	}
}

func (r *runner) containerLabels(d types.ContainerDefinition) map[string]string {
	labels := taskLabels(r.t)
	for k, v := range d.DockerLabels {
		labels[k] = v
	}
	labels["com.amazonaws.ecs.container-name"] = *d.Name
	return labels
}

func portsOf(d types.ContainerDefinition) (ports []runtime.Port) {
	for _, p := range d.PortMappings {
		protocol := string(p.Protocol)
		if protocol == "" {
			protocol = string(types.TransportProtocolTcp)
		}
		ports = append(ports, runtime.Port{ContainerPort: int(deref(p.ContainerPort)), HostPort: int(deref(p.HostPort)), Protocol: protocol})
	}
	return ports
}

// The defaults of a health check.
const (
	healthInterval = 30
	healthTimeout  = 5
	healthRetries  = 3
)

func healthCheck(d types.ContainerDefinition) *runtime.HealthCheck {
	if !hasHealthCheck(d) {
		return nil
	}
	h := d.HealthCheck
	return &runtime.HealthCheck{
		Command:     h.Command,
		Interval:    seconds(h.Interval, healthInterval),
		Timeout:     seconds(h.Timeout, healthTimeout),
		Retries:     int(orElse(h.Retries, healthRetries)),
		StartPeriod: seconds(h.StartPeriod, 0),
	}
}

func orElse[T any](p *T, otherwise T) T {
	if p == nil {
		return otherwise
	}
	return *p
}

func seconds(n *int32, otherwise int32) time.Duration {
	return time.Duration(orElse(n, otherwise)) * time.Second
}

func mounts(list []types.MountPoint) (out []runtime.Mount) {
	for _, m := range list {
		out = append(out, runtime.Mount{Volume: deref(m.SourceVolume), Path: deref(m.ContainerPath), ReadOnly: deref(m.ReadOnly)})
	}
	return out
}

func volumesFrom(list []types.VolumeFrom) (out []runtime.VolumeFrom) {
	for _, v := range list {
		out = append(out, runtime.VolumeFrom{Container: deref(v.SourceContainer), ReadOnly: deref(v.ReadOnly)})
	}
	return out
}

func extraHosts(list []types.HostEntry) (out []runtime.HostEntry) {
	for _, h := range list {
		out = append(out, runtime.HostEntry{Hostname: deref(h.Hostname), IP: deref(h.IpAddress)})
	}
	return out
}

func ulimits(list []types.Ulimit) (out []runtime.Ulimit) {
	for _, u := range list {
		out = append(out, runtime.Ulimit{Name: string(u.Name), Soft: int64(u.SoftLimit), Hard: int64(u.HardLimit)})
	}
	return out
}

func sysctls(list []types.SystemControl) map[string]string {
	out := map[string]string{}
	for _, c := range list {
		out[deref(c.Namespace)] = deref(c.Value)
	}
	return out
}

func linuxParameters(p *types.LinuxParameters) (out runtime.Linux) {
	if p == nil {
		return out
	}
	if c := p.Capabilities; c != nil {
		out.CapAdd, out.CapDrop = c.Add, c.Drop
	}
	for _, d := range p.Devices {
		out.Devices = append(out.Devices, device(d))
	}
	for _, t := range p.Tmpfs {
		out.Tmpfs = append(out.Tmpfs, runtime.Tmpfs{Path: deref(t.ContainerPath), Size: int64(t.Size), Options: t.MountOptions})
	}
	out.Init = p.InitProcessEnabled
	out.SharedMemory = int64(deref(p.SharedMemorySize))
	out.MaxSwap, out.Swappiness = widen(p.MaxSwap), widen(p.Swappiness)
	return out
}

func widen(n *int32) *int64 {
	if n == nil {
		return nil
	}
	wide := int64(*n)
	return &wide
}

// device words a device; all it may do is the default.
func device(d types.Device) runtime.Device {
	out := runtime.Device{HostPath: deref(d.HostPath), ContainerPath: deref(d.ContainerPath)}
	if out.ContainerPath == "" {
		out.ContainerPath = out.HostPath
	}
	var letters []string
	for _, p := range d.Permissions {
		letters = append(letters, string(p[0])) // read, write, mknod
	}
	slices.Sort(letters)
	if out.Permissions = strings.Join(letters, ""); out.Permissions == "" {
		out.Permissions = "rwm"
	}
	return out
}
