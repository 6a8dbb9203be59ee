"""Users: one's own profile, picture and data, and what others see of one."""
