package runtime

import "time"

// NetworkMode is the networkMode of a task definition.
type NetworkMode string

// The network modes of ECS.
const (
	Bridge NetworkMode = "bridge"
	Host   NetworkMode = "host"
	None   NetworkMode = "none"
	AWSVPC NetworkMode = "awsvpc"
)

// TaskSpec describes what a task's containers share.
type TaskSpec struct {
	ID          string            // the 32 hexadecimal digits of the task's ARN
	Labels      map[string]string // put on all that the runtime makes for the task
	NetworkMode NetworkMode
	Ports       []Port // awsvpc: all container ports of the task
	Volumes     []Volume
	PIDMode     string // "", host or task
	IPCMode     string // "", host, task or none
	Memory      int64  // MiB, 0 for no limit
	CPU         int64  // CPU units, 1024 to a vCPU, 0 for no limit

	// Agent is the address of the task's metadata and credentials
	// endpoint, reachable from the host; empty if the task has none.
	Agent string
}

// VolumeKind says what backs a volume.
type VolumeKind string

// The kinds of volumes.
const (
	VolumeBind   VolumeKind = "bind"   // a directory of the host
	VolumeTask   VolumeKind = "task"   // made for the task, removed with it
	VolumeShared VolumeKind = "shared" // a volume of the engine, under its name there
	VolumeKept   VolumeKind = "kept"   // the runtime's own, for all its tasks
)

// Volume is a named volume of a task.
type Volume struct {
	Name          string // as in the task definition
	Kind          VolumeKind
	Source        string // of VolumeBind: the directory; of VolumeShared: the engine's name; of VolumeKept: what tells it from others
	Driver        string
	DriverOpts    map[string]string
	Labels        map[string]string
	Autoprovision bool // of VolumeShared: create it if it isn't there
}

// ContainerSpec describes a container, in the terms of a container
// definition with all overrides, defaults and secrets resolved.
type ContainerSpec struct {
	Name       string
	Image      string
	EntryPoint []string // nil keeps the image's
	Command    []string // nil keeps the image's
	Env        []EnvVar
	User       string
	WorkingDir string
	Labels     map[string]string

	CPU               int64 // shares, 0 for the engine's default
	Memory            int64 // hard limit in MiB, 0 for none
	MemoryReservation int64 // soft limit in MiB, 0 for none
	Ports             []Port
	Health            *HealthCheck
	Mounts            []Mount
	VolumesFrom       []VolumeFrom
	Links             []string // name or name:alias, bridge mode
	DisableNetworking bool
	Hostname          string
	DNSServers        []string
	DNSSearch         []string
	ExtraHosts        []HostEntry
	Ulimits           []Ulimit
	Sysctls           map[string]string
	SecurityOptions   []string
	Privileged        bool
	ReadonlyRoot      bool
	TTY               bool
	Interactive       bool
	Linux             Linux

	// Lines receives the output, line by line and in order, one call at
	// a time. Events receives what happens, one call at a time. Neither
	// may block. Either may be nil.
	Lines  func(Line)
	Events func(Event)
}

// EnvVar is an environment variable.
type EnvVar struct{ Name, Value string }

// Port is a port mapping. In bridge mode a HostPort of 0 asks for a free one.
type Port struct {
	ContainerPort int
	HostPort      int
	Protocol      string // tcp or udp
}

// HealthCheck is a container health check with its defaults filled in.
type HealthCheck struct {
	Command     []string // CMD … or CMD-SHELL …
	Interval    time.Duration
	Timeout     time.Duration
	Retries     int
	StartPeriod time.Duration
}

// Mount puts a volume of the task into a container.
type Mount struct {
	Volume   string // name of a Volume of the TaskSpec
	Path     string
	ReadOnly bool
}

// VolumeFrom puts all mounts of another container into this one.
type VolumeFrom struct {
	Container string
	ReadOnly  bool
}

// HostEntry is a line of /etc/hosts.
type HostEntry struct{ Hostname, IP string }

// Ulimit is a resource limit.
type Ulimit struct {
	Name       string
	Soft, Hard int64
}

// Linux holds the linuxParameters of a container definition.
type Linux struct {
	CapAdd, CapDrop []string
	Devices         []Device
	Init            *bool
	SharedMemory    int64 // MiB, 0 for the engine's default
	Tmpfs           []Tmpfs
	MaxSwap         *int64 // MiB
	Swappiness      *int64
}

// Device is a host device in a container.
type Device struct {
	HostPath, ContainerPath string
	Permissions             string // of r, w and m
}

// Tmpfs is a memory file system.
type Tmpfs struct {
	Path    string
	Size    int64 // MiB
	Options []string
}
