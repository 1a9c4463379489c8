/// What this machine can do, found by trying and handed on as data.
///
/// The planner chooses by [Host] and never asks the machine itself; so a plan for another machine needs nothing
/// but that machine's `host.json`. This room is not for changing anything, and not for facts about a box.
///
/// Read [Host] first, then [HostProbe].
package io.carafe.sandbox.host;
