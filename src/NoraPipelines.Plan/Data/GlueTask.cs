namespace NoraPipelines.Plans;

/// <summary>The tasks of GLUE (Wang et al. 2019) that have labels.</summary>
public enum GlueTask
{
    Cola,
    Sst2,
    Mrpc,
    Stsb,
    Qqp,
    Mnli,
    Qnli,
    Rte,
    Wnli,
}
