"""What people said: buyers in reviews and questions, hosts on air. Mined into aspects, quotable lines and exemplars."""
