package simulated

import (
	"context"
	"encoding/json"
	"time"
)

// stats is the part of the Docker API's statistics that the ECS agent and
// common readers look at. What doesn't run uses nothing.
type stats struct {
	Name    string    `json:"name"`
	ID      string    `json:"id"`
	Read    time.Time `json:"read"`
	PreRead time.Time `json:"preread"`
	PIDs    struct {
		Current int `json:"current"`
	} `json:"pids_stats"`
	Blkio    struct{}            `json:"blkio_stats"`
	CPU      cpuStats            `json:"cpu_stats"`
	PreCPU   cpuStats            `json:"precpu_stats"`
	Memory   memoryStats         `json:"memory_stats"`
	Networks map[string]netStats `json:"networks,omitempty"`
}

type cpuStats struct {
	Usage struct {
		Total  uint64 `json:"total_usage"`
		Kernel uint64 `json:"usage_in_kernelmode"`
		User   uint64 `json:"usage_in_usermode"`
	} `json:"cpu_usage"`
	System uint64 `json:"system_cpu_usage"`
	Online int    `json:"online_cpus"`
}

type memoryStats struct {
	Usage uint64            `json:"usage"`
	Limit uint64            `json:"limit"`
	Stats map[string]uint64 `json:"stats"`
}

type netStats struct {
	RxBytes   uint64 `json:"rx_bytes"`
	RxPackets uint64 `json:"rx_packets"`
	TxBytes   uint64 `json:"tx_bytes"`
	TxPackets uint64 `json:"tx_packets"`
}

// Stats implements [runtime.Container].
func (c *container) Stats(ctx context.Context) (json.RawMessage, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return json.Marshal(c.sample(time.Now()))
}

func (c *container) sample(now time.Time) stats {
	s := stats{Name: "/" + c.spec.Name, ID: c.id, Read: now, PreRead: now.Add(-time.Second)}
	s.CPU.Online, s.PreCPU.Online = 1, 1
	s.Memory = memoryStats{Limit: uint64(c.spec.Memory) << 20, Stats: map[string]uint64{}}
	if (&Live{c}).Running() {
		s.PIDs.Current = 1
		s.Networks = map[string]netStats{"eth0": {}}
	}
	return s
}
