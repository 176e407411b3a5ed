"""First plans, compiled: savings and regret insertion."""
