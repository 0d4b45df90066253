package server

import (
	"math"
	"regexp"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// The CPU units of a task on EC2.
const (
	minTaskCPU = 128
	maxTaskCPU = 196_608
	// moreTaskCPU needs a capability of the instance.
	moreTaskCPU = 10_240
)

// sizePattern is a number, perhaps with a fraction and a unit.
var sizePattern = regexp.MustCompile(`^(\d*\.?\d+)\s*([A-Za-z]*)$`)

// parseCPU reads CPU units: 256, .25 vCPU.
func parseCPU(text string) (int, bool) { return parseSize(text, "vcpu") }

// parseMemory reads MiB: 512, 0.5 GB.
func parseMemory(text string) (int, bool) { return parseSize(text, "gb") }

// parseSize reads a whole number, or any number of units of 1024.
func parseSize(text, unit string) (int, bool) {
	m := sizePattern.FindStringSubmatch(strings.TrimSpace(text))
	switch {
	case m == nil:
		return 0, false
	case m[2] == "":
		n, err := strconv.Atoi(m[1])
		return n, err == nil
	case !strings.EqualFold(m[2], unit):
		return 0, false
	}
	f, err := strconv.ParseFloat(m[1], 64)
	return int(math.Round(f * 1024)), err == nil && f < math.MaxInt32
}

// checkTaskSize checks the task's own size, and that its containers fit in.
func checkTaskSize(in *registration) error {
	cpu, cpuOK := sizeOf(in.Cpu, parseCPU)
	memory, memoryOK := sizeOf(in.Memory, parseMemory)
	err := firstOf(
		when(!cpuOK || in.Cpu != nil && (cpu < minTaskCPU || cpu > maxTaskCPU), msgTaskSize, "cpu"),
		when(!memoryOK || in.Memory != nil && memory < minMemory, msgTaskSize, "memory"),
	)
	if err != nil {
		return err
	}
	return checkShares(in.ContainerDefinitions, int64(cpu), int64(memory))
}

// sizeOf parses a size that may be absent, which is 0.
func sizeOf(text *string, parse func(string) (int, bool)) (int, bool) {
	if text == nil {
		return 0, true
	}
	return parse(*text)
}

// checkShares checks that the containers together stay within the task's
// size; 0 is no limit.
func checkShares(list []types.ContainerDefinition, cpu, memory int64) error {
	var cpus, reserved int64
	for _, c := range list {
		if memory > 0 && int64(aws.ToInt32(c.Memory)) > memory {
			return clientException(msgContainerTooLarge, "memory", aws.ToString(c.Name))
		}
		cpus += int64(c.Cpu)
		reserved += int64(reservedMemory(c))
	}
	return firstOf(
		when(cpu > 0 && cpus > cpu, msgContainersTooLarge, "cpu"),
		when(memory > 0 && reserved > memory, msgContainersTooLarge, "memory"),
	)
}

// reservedMemory is what a container has for sure.
func reservedMemory(c types.ContainerDefinition) int32 {
	if c.MemoryReservation != nil {
		return *c.MemoryReservation
	}
	return aws.ToInt32(c.Memory)
}
