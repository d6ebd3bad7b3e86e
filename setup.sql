-- Creates what the Process Monitor Service reads: the database, its two tables, an index for the
-- check, and sample rows. May be run any number of times: it loses and duplicates nothing.
-- For MySQL 5.7 to 9 and MariaDB 10.3 and later:  mysql < setup.sql

CREATE DATABASE IF NOT EXISTS v_process_monitor DEFAULT CHARACTER SET utf8mb4;
USE v_process_monitor;

-- Which processes are in alarm.
CREATE TABLE IF NOT EXISTS STATUS_PROCESS (
  process_id INT NOT NULL,
  alarma TINYINT NOT NULL DEFAULT 0,       -- 1: in alarm; the service clears it after a verified restart
  sound TINYINT NOT NULL DEFAULT 0,        -- for an alarm panel; the service leaves it as it is
  notes VARCHAR(100) DEFAULT NULL,         -- the service adds when it restarted the process
  PRIMARY KEY (process_id),
  KEY alarma_process_id (alarma, process_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

-- What they are called: the name of a systemd unit or of a program.
CREATE TABLE IF NOT EXISTS PROCESE (
  process_id INT NOT NULL,
  process_name VARCHAR(100) NOT NULL,
  PRIMARY KEY (process_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

-- A table from before this file had the index gets it now.
SET @add_index = IF(
  EXISTS (
    SELECT 1 FROM information_schema.STATISTICS
     WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'STATUS_PROCESS'
       AND COLUMN_NAME = 'alarma' AND SEQ_IN_INDEX = 1
  ),
  'DO 0',
  'ALTER TABLE STATUS_PROCESS ADD INDEX alarma_process_id (alarma, process_id)'
);
PREPARE add_index FROM @add_index;
EXECUTE add_index;
DEALLOCATE PREPARE add_index;

-- Sample rows, only where both tables are empty: what an administrator deleted stays deleted.
SET @is_empty = NOT EXISTS (SELECT 1 FROM STATUS_PROCESS) AND NOT EXISTS (SELECT 1 FROM PROCESE);

INSERT INTO STATUS_PROCESS (process_id, alarma, sound, notes)
SELECT sample.process_id, 0, 0, sample.notes
  FROM (
    SELECT 1 AS process_id, 'Web server' AS notes
    UNION ALL SELECT 2, 'Database server'
    UNION ALL SELECT 3, 'Remote login'
    UNION ALL SELECT 4, 'Scheduled jobs'
    UNION ALL SELECT 5, 'System log'
  ) AS sample
 WHERE @is_empty;

INSERT INTO PROCESE (process_id, process_name)
SELECT sample.process_id, sample.process_name
  FROM (
    SELECT 1 AS process_id, 'apache2' AS process_name
    UNION ALL SELECT 2, 'mysqld'
    UNION ALL SELECT 3, 'sshd'
    UNION ALL SELECT 4, 'crond'
    UNION ALL SELECT 5, 'rsyslogd'
  ) AS sample
 WHERE @is_empty;

COMMIT; -- for a server that does not by itself

-- A user with the least privileges that do. Choose a password, take the comment marks off, run it
-- once, and set user and password in the [database] section of config.ini.
--
-- CREATE USER 'monitor_service'@'localhost' IDENTIFIED BY 'choose a password';
-- GRANT SELECT ON v_process_monitor.STATUS_PROCESS TO 'monitor_service'@'localhost';
-- GRANT SELECT ON v_process_monitor.PROCESE TO 'monitor_service'@'localhost';
-- GRANT UPDATE (alarma, notes) ON v_process_monitor.STATUS_PROCESS TO 'monitor_service'@'localhost';
--
-- -- Only for `alarm set --create`, which adds processes:
-- -- GRANT INSERT ON v_process_monitor.STATUS_PROCESS TO 'monitor_service'@'localhost';
-- -- GRANT INSERT ON v_process_monitor.PROCESE TO 'monitor_service'@'localhost';
