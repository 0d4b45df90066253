package logs

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
)

// options are the options of the awslogs driver.
type options struct {
	group, region, prefix string
	createGroup           bool
	starts                *regexp.Regexp
}

// setters read the options that there are.
var setters = map[string]func(o *options, value string) error{
	"awslogs-create-group":      (*options).setCreateGroup,
	"awslogs-datetime-format":   (*options).setDatetime,
	"awslogs-group":             func(o *options, v string) error { o.group = v; return nil },
	"awslogs-multiline-pattern": (*options).setMultiline,
	"awslogs-region":            func(o *options, v string) error { o.region = v; return nil },
	"awslogs-stream-prefix":     func(o *options, v string) error { o.prefix = v; return nil },
	"max-buffer-size":           one("max-buffer-size", `(?i)^[0-9]+ ?([kmgtp]?i?b?)$`),
	"mode":                      one("mode", `^(blocking|non-blocking)$`),
}

// otherOptions are options that Docker's driver has and this one hasn't.
var otherOptions = []string{
	"awslogs-create-stream", "awslogs-credentials-endpoint", "awslogs-endpoint",
	"awslogs-force-flush-interval-seconds", "awslogs-format",
	"awslogs-max-buffered-events", "awslogs-stream", "tag",
}

func parseOptions(given map[string]string) (options, error) {
	var o options
	for _, name := range slices.Sorted(maps.Keys(given)) {
		if err := o.set(name, given[name]); err != nil {
			return o, err
		}
	}
	if o.group == "" {
		return o, fmt.Errorf(msgNoOption, "awslogs-group")
	}
	if given["awslogs-datetime-format"] != "" && given["awslogs-multiline-pattern"] != "" {
		return o, fmt.Errorf(msgBothPatterns, "awslogs-datetime-format", "awslogs-multiline-pattern")
	}
	return o, nil
}

func (o *options) set(name, value string) error {
	if set, ok := setters[name]; ok {
		return set(o, value)
	}
	if slices.Contains(otherOptions, name) {
		return fmt.Errorf(msgUnsupportedOption, name)
	}
	return fmt.Errorf(msgUnknownOption, name)
}

// one reads an option that is checked and has no effect.
func one(name, pattern string) func(*options, string) error {
	re := regexp.MustCompile(pattern)
	return func(_ *options, value string) error {
		if !re.MatchString(value) {
			return fmt.Errorf(msgBadOption, name, value)
		}
		return nil
	}
}

func (o *options) setCreateGroup(value string) (err error) {
	if o.createGroup, err = strconv.ParseBool(value); err != nil {
		return fmt.Errorf(msgBadOption, "awslogs-create-group", value)
	}
	return nil
}

func (o *options) setMultiline(pattern string) error {
	return o.setStarts("awslogs-multiline-pattern", pattern, pattern)
}

func (o *options) setDatetime(format string) error {
	pattern, ok := datetimePattern(format)
	if !ok {
		return fmt.Errorf(msgBadOption, "awslogs-datetime-format", format)
	}
	return o.setStarts("awslogs-datetime-format", format, pattern)
}

// setStarts sets what the first line of an event looks like.
func (o *options) setStarts(name, value, pattern string) error {
	re, err := regexp.Compile(pattern)
	if err != nil {
		return fmt.Errorf(msgBadOption, name, value)
	}
	if value != "" {
		o.starts = re
	}
	return nil
}

// regionOr is the region of the stream, or another where none is given.
func (o *options) regionOr(region string) string { return cmp.Or(o.region, region) }
