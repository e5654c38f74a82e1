"""The terms of the policy, restated without the retention service's own bookkeeping."""
