package logs

import (
	"fmt"
	"strings"
	"time"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime"
)

// Line is one line of a container's output.
type Line struct {
	Time      time.Time // as the engine noted it
	TaskARN   string
	TaskID    string // the end of TaskARN
	Container string // its name in the task definition
	Stream    runtime.Stream
	Text      string // without the line feed
}

// String is the line as a failing test shows it:
//
//	12:04:05.250 1dc5c17a/app stderr| listening on :80
func (l Line) String() string {
	return fmt.Sprintf("%s %.8s/%s %s| %s",
		l.Time.UTC().Format("15:04:05.000"), l.TaskID, l.Container, l.Stream, l.Text)
}

// taskID is what an ARN ends with; an ID is its own.
func taskID(arn string) string { return arn[strings.LastIndexByte(arn, '/')+1:] }
