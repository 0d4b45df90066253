package server

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// checkKernel checks what a container asks of the kernel: ulimits, sysctls,
// devices, temporary file systems.
func checkKernel(c *types.ContainerDefinition) error {
	if err := each(c.Ulimits, checkUlimit); err != nil {
		return err
	}
	err := each(c.SystemControls, func(s *types.SystemControl) error {
		return firstOf(when(aws.ToString(s.Namespace) == "" || s.Value == nil, msgNull, "SystemControl.namespace and value"))
	})
	if err != nil {
		return err
	}
	err = each(c.ExtraHosts, func(h *types.HostEntry) error {
		return firstOf(when(aws.ToString(h.Hostname) == "" || aws.ToString(h.IpAddress) == "", msgNull, "HostEntry.hostname and ipAddress"))
	})
	if err != nil || c.LinuxParameters == nil {
		return err
	}
	return checkLinuxParameters(c.LinuxParameters)
}

func checkUlimit(u *types.Ulimit) error {
	if err := checkEnum("ulimits.name", u.Name); err != nil {
		return err
	}
	return firstOf(
		when(u.Name == "", msgNull, "Ulimit.name"),
		when(u.HardLimit >= 0 && u.SoftLimit > u.HardLimit, msgUlimit, u.Name),
	)
}

func checkLinuxParameters(l *types.LinuxParameters) error {
	if err := each(l.Devices, checkDevice); err != nil {
		return err
	}
	err := each(l.Tmpfs, func(t *types.Tmpfs) error {
		return firstOf(
			when(aws.ToString(t.ContainerPath) == "", msgNull, "Tmpfs.containerPath"),
			when(t.Size <= 0, msgPositive, "Tmpfs.size"),
		)
	})
	if err != nil {
		return err
	}
	return firstOf(
		when(l.SharedMemorySize != nil && *l.SharedMemorySize < 0, msgPositive, "LinuxParameters.sharedMemorySize"),
		when(l.MaxSwap != nil && *l.MaxSwap < 0, msgPositive, "LinuxParameters.maxSwap"),
		when(outside(l.Swappiness, 0, 100), msgSwappiness, 0, 100),
	)
}

func checkDevice(d *types.Device) error {
	if err := checkEnum("devices.permissions", d.Permissions...); err != nil {
		return err
	}
	return firstOf(when(aws.ToString(d.HostPath) == "", msgNull, "Device.hostPath"))
}
