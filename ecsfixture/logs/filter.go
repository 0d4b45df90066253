package logs

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime"
)

// Filter chooses lines. Where several are given, a line must pass them all.
type Filter struct {
	what   string // reads on from "no line"
	match  func(Line) bool
	source bool   // about where lines come from, not what they say
	task   string // the ID of the only task that has such lines
	given  string // that task as the caller named it
}

// String describes the lines that pass: of task 1dc5c17a….
func (f Filter) String() string { return f.what }

// Task chooses the lines of one task, by its ARN or ID.
func Task(arnOrID string) Filter {
	id := taskID(arnOrID)
	return Filter{
		what:   "of task " + id,
		match:  func(l Line) bool { return l.TaskID == id },
		source: true,
		task:   id,
		given:  arnOrID,
	}
}

// Container chooses the lines of the containers of a name.
func Container(name string) Filter {
	return Filter{
		what:   "of container " + name,
		match:  func(l Line) bool { return l.Container == name },
		source: true,
	}
}

// Stream chooses the lines of stdout or of stderr.
func Stream(s runtime.Stream) Filter {
	return Filter{
		what:   "on " + string(s),
		match:  func(l Line) bool { return l.Stream == s },
		source: true,
	}
}

// Contains chooses the lines that have s in their text.
func Contains(s string) Filter {
	return Filter{
		what:  fmt.Sprintf("that contains %q", s),
		match: func(l Line) bool { return strings.Contains(l.Text, s) },
	}
}

// Match chooses the lines whose text the regular expression finds something
// in. Like [regexp.MustCompile] it panics if the expression isn't valid.
func Match(expression string) Filter {
	re := regexp.MustCompile(expression)
	return Filter{
		what:  fmt.Sprintf("that matches %q", expression),
		match: func(l Line) bool { return re.MatchString(l.Text) },
	}
}

// Where chooses the lines for which match is true; what describes them in a
// failure text: "that is JSON".
func Where(what string, match func(Line) bool) Filter {
	return Filter{what: what, match: match}
}

// filters are the filters of one question.
type filters []Filter

func (fs filters) match(l Line) bool {
	for _, f := range fs {
		if !f.match(l) {
			return false
		}
	}
	return true
}

func (fs filters) choose(lines []numbered) []Line {
	var chosen []Line
	for _, l := range lines {
		if fs.match(l.Line) {
			chosen = append(chosen, l.Line)
		}
	}
	return chosen
}

// sources are the filters that say where lines come from.
func (fs filters) sources() filters {
	var list filters
	for _, f := range fs {
		if f.source {
			list = append(list, f)
		}
	}
	return list
}

// task is the task that a filter names, as it does; empty if none does.
func (fs filters) task() string {
	for _, f := range fs {
		if f.given != "" {
			return f.given
		}
	}
	return ""
}

func (fs filters) String() string {
	words := []string{"line"}
	for _, f := range fs {
		words = append(words, f.what)
	}
	return strings.Join(words, " ")
}
