//go:build linux

package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// terminal returns both ends of a pseudo terminal.
func terminal(t *testing.T) (keyboard, tty *os.File) {
	t.Helper()
	keyboard, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	require.NoError(t, err)
	require.NoError(t, unix.IoctlSetPointerInt(int(keyboard.Fd()), unix.TIOCSPTLCK, 0))
	n, err := unix.IoctlGetInt(int(keyboard.Fd()), unix.TIOCGPTN)
	require.NoError(t, err)
	tty, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|syscall.O_NOCTTY, 0)
	require.NoError(t, err)
	t.Cleanup(func() { _, _ = keyboard.Close(), tty.Close() })
	return keyboard, tty
}

// TestInterruptFromTheKeyboardComesOnce: the terminal sends it to the command,
// and it isn't forwarded as well.
func TestInterruptFromTheKeyboardComesOnce(t *testing.T) {
	t.Parallel()
	keyboard, tty := terminal(t)
	count := `n=0; trap 'n=$((n+1)); echo "told $n"' INT; trap 'echo "ended $n"; exit 5' TERM; echo up; while :; do sleep 0.05; done`
	cmd := command(t, "exec", "--runtime", "simulated", "--", "sh", "-c", count)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = tty, tty, tty
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	require.NoError(t, cmd.Start())
	out := bufio.NewReader(keyboard)
	await := func(want string) string {
		for {
			line, err := out.ReadString('\n')
			require.NoError(t, err)
			if strings.Contains(line, want) {
				return line
			}
		}
	}
	await("up")
	_, err := io.WriteString(keyboard, "\x03")
	require.NoError(t, err)
	await("told 1")
	require.NoError(t, cmd.Process.Signal(syscall.SIGTERM))
	assert.Contains(t, await("ended"), "ended 1")
	_ = cmd.Wait() // the code says it
	assert.Equal(t, 5, cmd.ProcessState.ExitCode())
}
