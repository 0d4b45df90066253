package docker

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/moby/moby/api/types/container"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime"
)

const mib = 1 << 20

// logConfig is a log driver that can be read from, whatever the engine's
// default is.
var logConfig = container.LogConfig{Type: "json-file"}

// config is the part of a container's definition that doesn't depend on the
// host.
func (t *Task) config(spec runtime.ContainerSpec) *container.Config {
	return &container.Config{
		Image:       t.rt.resolve(spec.Image),
		Entrypoint:  spec.EntryPoint,
		Cmd:         spec.Command,
		Env:         environment(spec.Env),
		User:        spec.User,
		WorkingDir:  spec.WorkingDir,
		Labels:      merged(spec.Labels, t.labels()),
		Tty:         spec.TTY,
		OpenStdin:   spec.Interactive,
		Healthcheck: healthcheck(spec.Health),
	}
}

func environment(vars []runtime.EnvVar) []string {
	env := make([]string, len(vars))
	for i, v := range vars {
		env[i] = v.Name + "=" + v.Value
	}
	return env
}

// healthcheck never leaves the image's check in place, as ECS doesn't.
func healthcheck(h *runtime.HealthCheck) *container.HealthConfig {
	if h == nil {
		return &container.HealthConfig{Test: []string{"NONE"}}
	}
	return &container.HealthConfig{
		Test: h.Command, Interval: h.Interval, Timeout: h.Timeout,
		Retries: h.Retries, StartPeriod: h.StartPeriod,
	}
}

// hostConfig is the part of a container's definition that concerns the host,
// without the network.
func (t *Task) hostConfig(spec runtime.ContainerSpec) (*container.HostConfig, error) {
	binds, err := t.binds(spec.Mounts)
	if err != nil {
		return nil, err
	}
	from, err := t.volumesFrom(spec.VolumesFrom)
	if err != nil {
		return nil, err
	}
	return &container.HostConfig{
		Binds:          binds,
		VolumesFrom:    from,
		LogConfig:      logConfig,
		Privileged:     spec.Privileged,
		ReadonlyRootfs: spec.ReadonlyRoot,
		SecurityOpt:    spec.SecurityOptions,
		Sysctls:        spec.Sysctls,
		CapAdd:         spec.Linux.CapAdd,
		CapDrop:        spec.Linux.CapDrop,
		Init:           spec.Linux.Init,
		ShmSize:        spec.Linux.SharedMemory * mib,
		Tmpfs:          tmpfs(spec.Linux.Tmpfs),
		PidMode:        container.PidMode(t.namespaceMode(t.spec.PIDMode)),
		IpcMode:        container.IpcMode(t.namespaceMode(t.spec.IPCMode)),
		Resources:      t.resources(spec),
	}, nil
}

// resources are limits. The memory of the task is the limit of containers
// that have none of their own.
func (t *Task) resources(spec runtime.ContainerSpec) container.Resources {
	memory := spec.Memory
	if memory == 0 {
		memory = t.spec.Memory
	}
	r := container.Resources{
		CPUShares:         spec.CPU,
		Memory:            memory * mib,
		MemoryReservation: spec.MemoryReservation * mib,
		MemorySwappiness:  spec.Linux.Swappiness,
	}
	if swap := spec.Linux.MaxSwap; swap != nil && memory > 0 {
		r.MemorySwap = (memory + *swap) * mib // the engine's limit is on the sum
	}
	for _, u := range spec.Ulimits {
		r.Ulimits = append(r.Ulimits, &container.Ulimit{Name: u.Name, Soft: u.Soft, Hard: u.Hard})
	}
	for _, d := range spec.Linux.Devices {
		r.Devices = append(r.Devices, device(d))
	}
	return r
}

func device(d runtime.Device) container.DeviceMapping {
	m := container.DeviceMapping{PathOnHost: d.HostPath, PathInContainer: d.ContainerPath, CgroupPermissions: d.Permissions}
	if m.PathInContainer == "" {
		m.PathInContainer = d.HostPath
	}
	if m.CgroupPermissions == "" {
		m.CgroupPermissions = "rwm"
	}
	return m
}

func tmpfs(all []runtime.Tmpfs) map[string]string {
	m := map[string]string{}
	for _, t := range all {
		m[t.Path] = strings.Join(append([]string{fmt.Sprintf("size=%dm", t.Size)}, t.Options...), ",")
	}
	return m
}

// namespaceMode is a pidMode or ipcMode in the engine's words.
func (t *Task) namespaceMode(mode string) string {
	if mode == "task" {
		return "container:" + t.holder
	}
	return mode
}

// binds are the mounts of the task's volumes. As in ECS, the engine makes a
// directory of the host that isn't there.
func (t *Task) binds(mounts []runtime.Mount) ([]string, error) {
	sources := map[string]string{}
	for _, v := range t.spec.Volumes {
		sources[v.Name] = t.source(v)
	}
	var binds []string
	for _, m := range mounts {
		source, ok := sources[m.Volume]
		if !ok {
			return nil, runtime.Errorf(runtime.HostConfig, "invalid mount point: volume %q is not defined", m.Volume)
		}
		binds = append(binds, readOnly(source+":"+m.Path, m.ReadOnly))
	}
	return binds, nil
}

func (t *Task) volumesFrom(all []runtime.VolumeFrom) ([]string, error) {
	var from []string
	for _, v := range all {
		c := t.container(v.Container)
		if c == nil {
			return nil, runtime.Errorf(runtime.HostConfig, "volumesFrom: container %q has not been created", v.Container)
		}
		from = append(from, readOnly(c.id, v.ReadOnly))
	}
	return from, nil
}

func readOnly(bind string, ro bool) string {
	if ro {
		return bind + ":ro"
	}
	return bind
}

// connection is a container's place in the network. It belongs to the
// container itself, or to the holder whose namespace it joins.
func (t *Task) connection(spec runtime.ContainerSpec) (*container.Config, *container.HostConfig, error) {
	set, bound, err := published(spec.Ports)
	if err != nil {
		return nil, nil, err
	}
	links, err := t.links(spec.Links)
	if err != nil {
		return nil, nil, err
	}
	dns, err := addresses(spec.DNSServers)
	if err != nil {
		return nil, nil, err
	}
	host := &container.HostConfig{NetworkMode: "bridge", PortBindings: bound, Links: links, DNS: dns, DNSSearch: spec.DNSSearch}
	for _, h := range spec.ExtraHosts {
		host.ExtraHosts = append(host.ExtraHosts, h.Hostname+":"+h.IP)
	}
	return &container.Config{Hostname: spec.Hostname, ExposedPorts: set}, host, nil
}

// links finds the containers that links name.
func (t *Task) links(all []string) ([]string, error) {
	var links []string
	for _, link := range all {
		name, alias, ok := strings.Cut(link, ":")
		if !ok {
			alias = name
		}
		c := t.container(name)
		if c == nil {
			return nil, runtime.Errorf(runtime.HostConfig, "link: container %q has not been created", name)
		}
		links = append(links, c.networkID()+":"+alias)
	}
	return links, nil
}

func addresses(all []string) ([]netip.Addr, error) {
	var addrs []netip.Addr
	for _, s := range all {
		a, err := netip.ParseAddr(s)
		if err != nil {
			return nil, runtime.Errorf(runtime.HostConfig, "dnsServers: %w", err)
		}
		addrs = append(addrs, a)
	}
	return addrs, nil
}
