//go:build !unix

package main

import "os"

// forwarded are the signals that are passed on to a command. Other systems
// have none to pass on: the console tells all of its processes.
var forwarded = []os.Signal{os.Interrupt}

func sentByTerminal(os.Signal) bool { return true }

func exitOf(s *os.ProcessState) exitCode { return exitCode(s.ExitCode()) }
