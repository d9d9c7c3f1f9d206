using NoraPipelines.Checkpoints.Hub;

namespace NoraPipelines.Tests.Checkpoints.Hub;

/// <summary>Which files of a repository a split's name stands for, in the layouts that data sets have.</summary>
public class HubSplitsTests
{
    private static readonly HubRepository Repository = HubRepository.Dataset("owner/rows");

    [Theory]
    [InlineData("train", "README.md|train.jsonl|test.jsonl", "train.jsonl")]
    [InlineData("train", "data/train-00000-of-00002.parquet|data/train-00001-of-00002.parquet|data/test-00000-of-00001.parquet", "data/train-00000-of-00002.parquet|data/train-00001-of-00002.parquet")]
    [InlineData("train", "data/train-00000-of-00002-a09b74b3ef9c3b56.parquet|data/train-00001-of-00002-0b8e2c41aa97f310.parquet", "data/train-00000-of-00002-a09b74b3ef9c3b56.parquet|data/train-00001-of-00002-0b8e2c41aa97f310.parquet")]
    [InlineData("test", "test.csv|train.csv|latest.csv|contest.csv", "test.csv")]
    [InlineData("main/train", "main/train-00000-of-00001.parquet|socratic/train-00000-of-00001.parquet", "main/train-00000-of-00001.parquet")]
    [InlineData("validation", "dev.tsv|train.tsv", "dev.tsv")]
    [InlineData("dev", "validation.json|train.json", "validation.json")]
    [InlineData("train", "train/a.csv|train/b.csv|test/a.csv", "train/a.csv|train/b.csv")]
    [InlineData("train", "gsm8k_train.jsonl.gz|gsm8k_test.jsonl.gz", "gsm8k_train.jsonl.gz")]
    [InlineData("train", "train_2.jsonl|train_1.jsonl|train.py|.cache/train.jsonl|../train.jsonl", "train_1.jsonl|train_2.jsonl")]
    [InlineData("validation_matched", "mnli/validation_matched-00000-of-00001.parquet|mnli/validation_mismatched-00000-of-00001.parquet", "mnli/validation_matched-00000-of-00001.parquet")]
    [InlineData("qnli/validation", "qnli/validation-00000-of-00001.parquet|rte/validation-00000-of-00001.parquet", "qnli/validation-00000-of-00001.parquet")]
    [InlineData("test", "test.jsonl|eval.jsonl", "test.jsonl")]
    [InlineData("train_sft", "data/train_sft-00000-of-00001.parquet|data/train_gen-00000-of-00001.parquet", "data/train_sft-00000-of-00001.parquet")]
    public void A_split_s_files_are_found_in_order(string split, string listed, string expected) =>
        Assert.Equal(expected.Split('|'), HubSplits.Files(Repository, split, listed.Split('|')));

    [Theory]
    [InlineData("train", "main/train-00000-of-00001.parquet|socratic/train-00000-of-00001.parquet", "several sets of files hold the split 'train': main/train-00000-of-00001.parquet; socratic/train-00000-of-00001.parquet.")]
    [InlineData("train", "train.jsonl|train.parquet", "several sets of files hold the split 'train': train.jsonl; train.parquet.")]
    [InlineData("train", "train_sft.jsonl|train_gen.jsonl", "such as train_full, or one file with file")]
    [InlineData("train", "data/test.jsonl|data/rows.jsonl", "no file's name says that it is of the split 'train'. It holds: data/rows.jsonl, data/test.jsonl.")]
    [InlineData("train", "README.md|script.py", "It holds no data file")]
    [InlineData("train", "data/train-00000-of-00003.parquet|data/train-00002-of-00003.parquet", "says that it has 3 parts, and 2 are listed")]
    public void What_is_not_clear_is_told_with_what_is_there(string split, string listed, string expected) =>
        Assert.Contains(expected, Assert.Throws<HubException>(() => HubSplits.Files(Repository, split, listed.Split('|'))).Message);
}
