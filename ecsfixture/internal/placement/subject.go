package placement

import (
	"strconv"
	"strings"
	"time"
)

// subject is what an expression asks about.
type subject struct {
	name      string
	kind      kind
	operators string // with a space before and after each
	values    func(Instance) []string
}

// The operators of subjects.
const (
	ordered = " == != > >= < <= "
	named   = " == != in !in =~ !~ "
	all     = " == != > >= < <= in !in =~ !~ exists !exists "
)

// subjects are those with a fixed name.
var subjects = []subject{
	{"agentConnected", text, named, func(i Instance) []string { return []string{strconv.FormatBool(i.AgentConnected)} }},
	{"agentVersion", version, ordered, func(i Instance) []string { return []string{i.AgentVersion} }},
	{"ec2InstanceId", text, named, func(i Instance) []string { return []string{i.EC2ID} }},
	{"registeredAt", date, ordered, func(i Instance) []string { return []string{i.RegisteredAt.Format(time.RFC3339Nano)} }},
	{"runningTasksCount", number, ordered, func(i Instance) []string { return []string{strconv.Itoa(i.Running)} }},
	{"task:group", text, named, Instance.groups},
}

// subjectOf returns the subject of a name.
func subjectOf(name string) (subject, bool) {
	for _, s := range subjects {
		if s.name == name {
			return s, true
		}
	}
	attribute, is := strings.CutPrefix(name, attributePrefix)
	if !is || attribute == "" {
		return subject{}, false
	}
	return subject{name, value, all, func(i Instance) []string {
		if v, has := i.Attributes[attribute]; has {
			return []string{v}
		}
		return nil
	}}, true
}
