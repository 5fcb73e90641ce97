-- Damaged evidence is a fault like another, of the estate whose clips they are, with a work order.

ALTER TABLE fault
    DROP CONSTRAINT fault_subject_type_check,
    ADD CONSTRAINT fault_subject_type_check
        CHECK (subject_type IN ('camera', 'sensor', 'agent', 'node', 'estate'));
ALTER TABLE work_order
    DROP CONSTRAINT work_order_subject_type_check,
    ADD CONSTRAINT work_order_subject_type_check
        CHECK (subject_type IN ('camera', 'sensor', 'agent', 'node', 'estate'));
