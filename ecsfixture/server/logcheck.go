package server

import (
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// What the log driver awslogs can be told.
var (
	awslogsRequired = []string{"awslogs-region", "awslogs-group"}
	awslogsOptional = []string{
		"awslogs-create-group", "awslogs-stream-prefix", "awslogs-datetime-format",
		"awslogs-multiline-pattern", "mode", "max-buffer-size",
	}
)

func checkLogging(c *types.ContainerDefinition) error {
	l := c.LogConfiguration
	if l == nil {
		return nil
	}
	if l.LogDriver == "" {
		return clientException(msgNull, "LogConfiguration.logDriver")
	}
	if err := checkEnum("logDriver", l.LogDriver); err != nil {
		return err
	}
	if err := each(l.SecretOptions, checkSecret); err != nil {
		return err
	}
	if l.LogDriver != types.LogDriverAwslogs {
		return nil
	}
	return checkAwslogs(*l)
}

// optionNames are the options that are set, those that are secrets too.
func optionNames(l types.LogConfiguration) []string {
	names := slices.Sorted(maps.Keys(l.Options))
	for _, o := range l.SecretOptions {
		names = append(names, aws.ToString(o.Name))
	}
	return names
}

// checkAwslogs checks the names of the options.
func checkAwslogs(l types.LogConfiguration) error {
	names := optionNames(l)
	lacks := slices.DeleteFunc(slices.Clone(awslogsRequired), func(n string) bool { return slices.Contains(names, n) })
	extra := slices.DeleteFunc(names, func(n string) bool {
		return slices.Contains(awslogsRequired, n) || slices.Contains(awslogsOptional, n)
	})
	return firstOf(
		when(len(lacks) > 0, msgLogOptions, l.LogDriver, strings.Join(lacks, ", ")),
		when(len(extra) > 0, msgLogOptionsExtra, l.LogDriver, strings.Join(extra, ", ")),
	)
}
